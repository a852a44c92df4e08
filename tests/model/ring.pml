/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.pml - lib/ring.c with the mark of who waits, and the waiter beside it
 *
 * Two inserters bring the packets of a ring of two slots over two laps and
 * more, in every order; one gives a claim back and takes it again, one brings
 * a packet a second time.  A slot's word (index, state, mark) changes in one
 * step, as the code's exchange, compare-exchange, or and and do; the drainer's
 * advance is two steps.  When both have ended a third thread looks whether the
 * drainer lacks its packet, as the end of all channels does.
 *
 * Shown: each packet is stored once and drained once, in order, with its own
 * buffer; a packet that came before is told from one that is too early; no
 * wake-up is lost (no invalid end state).  MUTANT=n: see check.sh.
 */
#ifndef MUTANT
#define MUTANT 0
#endif

#define SIZE	2
#define PACKETS	5
#define SLOT(i)	((i) % SIZE)

#define FREE	0
#define CLAIMED	1
#define FULL	2

byte idx[SIZE];
byte state[SIZE];
bool waited[SIZE];
byte buffer[SIZE];
byte next;
bool armed;
byte stored[PACKETS];
byte inserters = 2;
bool missing;

#define OK	0
#define EARLY	1
#define LATE	2

/* ring_claim: a look and a compare-exchange are one step when it succeeds */
inline claim(i, result)
{
#if MUTANT == 1				/* looked at, and stored then */
	d_step {
		result = (idx[SLOT(i)] == i && state[SLOT(i)] == FREE -> OK :
		    (idx[SLOT(i)] < i -> EARLY : LATE))
	};
	if
	:: d_step { result == OK -> state[SLOT(i)] = CLAIMED }
	:: else
	fi
#else
	d_step {
#if MUTANT == 5				/* the lap is not looked at */
		result = (state[SLOT(i)] == FREE -> OK : EARLY);
#else
		result = (idx[SLOT(i)] == i && state[SLOT(i)] == FREE -> OK :
		    (idx[SLOT(i)] < i -> EARLY : LATE));
#endif
		if
		:: result == OK -> state[SLOT(i)] = CLAIMED
		:: else
		fi
	}
#endif
}

/* ring_publish, and the wake-up that it asks for */
inline publish(i)
{
#if MUTANT == 3				/* the mark is looked at too early */
	wake = waited[SLOT(i)];
	d_step { idx[SLOT(i)] = i; state[SLOT(i)] = FULL;
		waited[SLOT(i)] = false };
#else
	d_step {
		wake = waited[SLOT(i)];
		idx[SLOT(i)] = i;
		state[SLOT(i)] = FULL;
		waited[SLOT(i)] = false
	};
#endif
	if
	:: wake -> d_step { armed = false; wake = false }
	:: else
	fi
}

inline insert(i, twice)
{
	do
	:: claim(i, result);
		if
		:: result == OK ->
			buffer[SLOT(i)] = i;
			if
			:: me == 0 && i == 2 && !given ->
				given = true;		/* ring_unclaim */
				d_step { state[SLOT(i)] = FREE;
#if MUTANT == 7				/* the mark goes with the claim */
					waited[SLOT(i)] = false
#endif
				}
			:: else ->
				d_step { stored[i]++;
					assert(stored[i] == 1) };
				assert(buffer[SLOT(i)] == i);
				publish(i);
				break
			fi
		:: result == EARLY -> (idx[SLOT(i)] >= i)
		:: result == LATE -> assert(twice); break
		fi
	od
}

proctype inserter(byte me)
{
	byte i = me, result = OK;
	bool wake, given;

	if
	:: me == 0 -> insert(1, true)		/* the other one has it too */
	:: else
	fi;
	do
	:: i < PACKETS -> insert(i, i == 1); i = i + 2
	:: else -> break
	od;
	inserters--
}

proctype drainer()
{
	bool there;

	do
	:: next < PACKETS && idx[SLOT(next)] == next &&
	   state[SLOT(next)] == FULL ->
		assert(buffer[SLOT(next)] == next && stored[next] == 1);
		buffer[SLOT(next)] = 99;
		d_step {
#if MUTANT != 6				/* the slot is free for this lap */
			idx[SLOT(next)] = next + SIZE;
#endif
			state[SLOT(next)] = FREE
		};
		next++
	:: next < PACKETS && !(idx[SLOT(next)] == next &&
	   state[SLOT(next)] == FULL) ->
#if MUTANT != 4				/* marked, and armed then */
		armed = true;
#endif
#if MUTANT == 2				/* looked at, and marked then */
		there = (state[SLOT(next)] == FULL);
		if
		:: there
		:: else -> waited[SLOT(next)] = true
		fi;
#else
		d_step {
			there = (state[SLOT(next)] == FULL);
			waited[SLOT(next)] = true
		};
#endif
#if MUTANT == 4
		armed = true;
#endif
		if
		:: there -> armed = false
		:: else -> !armed
		fi
	:: next == PACKETS -> break
	od
}

/* ring_ready, by who saw the waiter armed when all had ended */
proctype last()
{
	byte at;

	inserters == 0;
	if
	:: armed ->
		at = next;
#if MUTANT == 8				/* a later lap is "not there" */
		missing = !(idx[SLOT(at)] == at && state[SLOT(at)] == FULL);
#else
		missing = (idx[SLOT(at)] == at && state[SLOT(at)] != FULL);
#endif
#if MUTANT != 9				/* it drained its last one meanwhile */
		missing = missing && armed
#endif
	:: !armed
	fi;
	assert(!missing)
}

init
{
	atomic {
		idx[0] = 0; idx[1] = 1;
		run inserter(0); run inserter(1); run drainer(); run last()
	};
	_nr_pr == 1;
	assert(next == PACKETS)
}
