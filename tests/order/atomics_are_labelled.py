#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
atomics_are_labelled.py - no atomic access in lib/ without a labelled order

Each call of an atomic names its orders by labels (RING_R1, relaxed) that are
defined beside it, and the letter and number stand in the head comment of the
file that defines them.  There is no atomic with an order left to the default,
no fence, no volatile, no compiler builtin.
"""
import os
import re
import sys

ORDER = re.compile(r'memory_order_\w+')
LABEL = re.compile(r'^(?:relaxed|[A-Z]+_[A-Z][0-9]?(?:_[A-Z][0-9]?)*)$')
CALL = re.compile(r'\b(atomic_\w+)\s*\(')
ORDERS = {'atomic_compare_exchange_strong_explicit': 2,
          'atomic_compare_exchange_weak_explicit': 2}
FORBIDDEN = re.compile(r'\b(volatile|atomic_thread_fence|atomic_signal_fence|'
                       r'__sync_\w+|__atomic_\w+|__c11_\w+)\b')


def arguments(text, at):
    """The arguments of the call whose '(' is at @at."""
    depth, start, found = 0, at + 1, []
    for k in range(at, len(text)):
        if text[k] in '([{':
            depth += 1
        elif text[k] in ')]}':
            depth -= 1
            if depth == 0:
                return found + [text[start:k].strip()]
        elif text[k] == ',' and depth == 1:
            found.append(text[start:k].strip())
            start = k + 1
    return found


def split(text):
    """The comments before the first #include or #ifndef, and bare code."""
    head = ''.join(re.findall(r'/\*.*?\*/', re.split(
        r'^#', text, 1, re.M)[0], re.S))
    return head, re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ',
                        m.group()), text, flags=re.S)


def check(files):
    wrong, labels, used = [], {}, set()
    texts = {}
    for name in files:
        with open(name, encoding='utf-8') as f:
            texts[name] = split(f.read())
    for name, (head, code) in texts.items():
        for m in re.finditer(r'^#define (\w+) memory_order_\w+', code, re.M):
            labels[m.group(1)] = name
            parts = m.group(1).split('_')[1:] or ['X']
            for part in parts:
                if not re.search(r'\b%s\b' % part, head):
                    wrong.append('%s: %s is not in the head comment' %
                                 (name, m.group(1)))
    for name, (head, code) in texts.items():
        def say(at, what):
            wrong.append('%s:%d: %s' % (name, code.count('\n', 0, at) + 1,
                                        what))
        for m in FORBIDDEN.finditer(code):
            say(m.start(), m.group() + ' is not for this library')
        bare = re.sub(r'^#define .*(\\\n.*)*', lambda d: re.sub(
            r'[^\n]', ' ', d.group()), code, flags=re.M)
        for m in ORDER.finditer(bare):
            say(m.start(), m.group() + ' has no label')
        for m in CALL.finditer(bare):
            if m.group(1) == 'atomic_init' or m.group(1).endswith('_t'):
                continue
            if not m.group(1).endswith('_explicit'):
                say(m.start(), m.group(1) + ' leaves its order to the default')
                continue
            for order in arguments(bare, m.end() - 1)[
                    -ORDERS.get(m.group(1), 1):]:
                used.add(order)
                if not LABEL.match(order):
                    say(m.start(), '"%s" is no label' % order)
                elif order not in labels:
                    say(m.start(), order + ' is not defined')
    for label in sorted(set(labels) - used):
        wrong.append('%s: %s is used nowhere' % (labels[label], label))
    return wrong, len(used)


def main():
    src = os.environ.get('srcdir', os.path.join(os.path.dirname(
        os.path.abspath(__file__)), '..', '..'))
    lib = os.path.join(src, 'lib')
    files = [os.path.join(lib, f) for f in sorted(os.listdir(lib))
             if f.endswith(('.c', '.h'))]
    wrong, used = check(files)
    for line in wrong:
        print(line)
    if used < 20:
        print('only %d labels are used: nothing was read' % used)
        return 1
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
