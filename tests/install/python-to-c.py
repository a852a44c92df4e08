# SPDX-License-Identifier: BSD-3-Clause
"""python-to-c.py - turn vmm.py's structs into C that the compiler compares"""
import ctypes

import vmm


def same(what, number):
    print(f'_Static_assert({what} == {number}, "differs in Python");')


print("#include <vfiomig/vfiomig.h>")
for cls in vars(vmm).values():
    if not isinstance(cls, type) or cls.__module__ != vmm.__name__ \
            or not issubclass(cls, ctypes.Structure):
        continue
    name = cls.__name__
    same(f"sizeof(struct {name})", ctypes.sizeof(cls))
    for field, *_ in cls._fields_:
        place = getattr(cls, field)
        same(f"offsetof(struct {name}, {field})", place.offset)
        same(f"sizeof(((struct {name} *)0)->{field})", place.size)
