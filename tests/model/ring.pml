/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.pml - lib/ring.h with the mark of who waits, and the waiter beside it
 *
 * Two inserters bring the packets of a ring of two slots over two laps and
 * more, in every order; one brings a packet that the other one has, too.  A
 * slot's word (lap, mark, handle) changes in one step, as the code's compare-
 * exchange does; the look at the window is a step before it, through seen.
 * Buffers are memory of the inserters' own, and a buffer is named anew each
 * time.  When both have ended a third thread looks whether the drainer lacks
 * its packet, as the end of all channels does.
 *
 * Shown: each packet is put in once and taken once, in order, with its own
 * buffer; a packet that came before is told from one that is too early; the
 * mark wakes for the awaited packet only, and no wake-up is lost (no invalid
 * end state).  MUTANT=n: see check.sh.
 */
#ifndef MUTANT
#define MUTANT 0
#endif

#define SIZE	2
#define PACKETS	5
#define SLOT(i)	((i) % SIZE)
#define LAP(i)	((i) / SIZE)

byte lap[SIZE];			/* that of the packet the slot is for next */
bool waited[SIZE];
byte handle[SIZE];		/* idx, and PACKETS more for the repetition */
byte next, seen = SIZE - 1;	/* seen: the window's last idx at a look */
bool armed;
byte stored[PACKETS];		/* inserted so many times */
byte owner[PACKETS];		/* with this handle */
byte inserters = 2;
bool missing;

#define OK	0
#define EARLY	1
#define LATE	2

/* ring_inside: seen, and next only if that is not enough */
inline look(w)
{
	result = OK;
#if MUTANT == 6				/* nobody looks at the window */
	skip
#elif MUTANT == 7			/* noted without a look at next */
	if
	:: w <= seen
	:: w > seen -> seen = w
	fi
#else
	if
	:: w <= seen
	:: w > seen ->
		at = next + SIZE - 1;
#if MUTANT == 10			/* one more than there is room for */
		at++;
#endif
		if
		:: w <= at -> seen = at
		:: w > at -> result = EARLY
		fi
	fi
#endif
}

#if MUTANT == 5				/* the lap is not compared */
#define RIGHT_LAP(i)	true
#else
#define RIGHT_LAP(i)	(lap[SLOT(i)] == LAP(i))
#endif

/* The one step that puts it in, and the wake-up that it asks for. */
inline put(q, g)
{
	wake = waited[SLOT(q)];
	lap[SLOT(q)] = LAP(q) + 1;
	waited[SLOT(q)] = false;
	handle[SLOT(q)] = g;
	stored[q]++;
	owner[q] = g;
	assert(stored[q] == 1)
}

inline insert(p, h)
{
	do
	:: look(p);
		if
		:: result == EARLY -> (next + SIZE > p)	/* park */
		:: result == OK ->
#if MUTANT == 1				/* looked at, and stored then */
			d_step { result = (RIGHT_LAP(p) -> OK : LATE) };
			if
			:: d_step { result == OK -> put(p, h) }
			:: else
			fi;
#elif MUTANT == 3			/* the mark is looked at too early */
			early = waited[SLOT(p)];
			d_step {
				result = (RIGHT_LAP(p) -> OK : LATE);
				if
				:: result == OK -> put(p, h); wake = early
				:: else
				fi
			};
#else
			d_step {
				result = (RIGHT_LAP(p) -> OK : LATE);
				if
				:: result == OK -> put(p, h);
					assert(!wake || p == next)
				:: else
				fi
			};
#endif
			assert(result == OK || p == 1);
			if
			:: wake -> d_step { armed = false; wake = false }
			:: else
			fi;
			break
		fi
	od
}

proctype inserter(byte me)
{
	byte i = me, result = OK, at;
	bool wake, early;

	if
	:: me == 0 -> insert(1, 1 + PACKETS)	/* the other one's */
	:: else
	fi;
	do
	:: i < PACKETS -> insert(i, i); i = i + 2
	:: else -> break
	od;
	inserters--
}

#define THERE(i)	(lap[SLOT(i)] == LAP(i) + 1)

proctype drainer()
{
	byte got;
	bool there;

	do
	:: next < PACKETS && THERE(next) ->
#if MUTANT == 9			/* moved on before it is read */
		next++;
		got = handle[SLOT(next - 1)];
		assert(got == owner[next - 1] && stored[next - 1] == 1)
#else
		got = handle[SLOT(next)];
		assert(got == owner[next] && stored[next] == 1);
		next++
#endif
	:: next < PACKETS && !THERE(next) ->
#if MUTANT != 4				/* marked, and armed then */
		armed = true;
#endif
#if MUTANT == 2				/* looked at, and marked then */
		there = THERE(next);
		if
		:: there
		:: else -> waited[SLOT(next)] = true
		fi;
#elif MUTANT == 11			/* marked whatever is there */
		d_step { there = THERE(next); waited[SLOT(next)] = true };
#else
		d_step {
			there = THERE(next);
			waited[SLOT(next)] = !there
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
		missing = (lap[SLOT(at)] == LAP(at));
#if MUTANT != 8				/* it drained its last one meanwhile */
		missing = missing && armed
#endif
	:: !armed
	fi;
	assert(!missing)
}

init
{
	atomic {
		run inserter(0); run inserter(1); run drainer(); run last()
	};
	_nr_pr == 1;
	assert(next == PACKETS)
}
