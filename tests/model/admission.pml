/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * admission.pml - rules R1 to R5: who gets memory, who waits, and who says
 * that waiting is over
 *
 * What is modelled, step by step as the code takes them: lib/incoming.c,
 * lib/parked.c, lib/verdict.c, lib/drain.c, lib/admission.c, lib/waiter.c, the
 * end of waiting in lib/failure.c; the pool as units of one packet, SPARE of them free for all
 * and one set aside for each device; a ring as the state of each packet and
 * the device's next idx (ring.pml has the ring itself).  Each shared word's
 * access is one step; every order in the code that a step here leans on is
 * acquire and release of a read-modify-write (tests/order).
 *
 * Every way to spread the packets on the channels is tried, and on a channel
 * every order that keeps each device's packets rising.  LOSS: at most so many packets do not come.
 * REPEAT: packet 0 comes once more; 2: and may be abandoned.  CANCEL: the caller cancels at any moment.
 * SPURIOUS: sleepers get up by themselves so many times (a nonblocking call
 * made too early), and a parked channel may be closed.
 * COURTESY: until the first verdict, a packet that is not awaited may be
 * denied memory, and a wake-up, for no reason at all: so whatever rule says
 * who goes first, nothing hangs on it.  Without, all are greedy from the
 * start, and no courtesy can hide that a wake-up was lost.  A drain that goes
 * on wakes anybody or nobody.
 *
 * Shown, in every run: no payload beyond the budget; no packet accepted twice,
 * or loaded out of turn; -EPIPE names a packet that cannot come any more,
 * -ENOBUFS is said only when nobody can move, and never with one device; who
 * should end ends (no invalid end state), and nothing goes round for ever (the
 * run with -DNP has no label of progress, so any cycle is an error).
 *
 * MUTANT=n leaves a rule out; check.sh has the list, and each is caught.
 */
#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef DEVICES
#define DEVICES 2
#endif
#ifndef CHANNELS
#define CHANNELS 2
#endif
#ifndef PACKETS		/* of a device; the last one is the config packet */
#define PACKETS 2
#endif
#ifndef SPARE
#define SPARE 0
#endif
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef MARGIN
#define MARGIN 1
#endif
#ifndef LOSS
#define LOSS 0
#endif
#ifndef REPEAT
#define REPEAT 0
#endif
#ifndef CANCEL
#define CANCEL 0
#endif
#ifndef SPURIOUS
#define SPURIOUS 0
#endif
#ifndef COURTESY
#define COURTESY 0
#endif

#define ALL	(DEVICES * PACKETS)
#define NONE	255

/* a packet: dev * PACKETS + idx */
#define DEV(p)	((p) / PACKETS)
#define IDX(p)	((p) % PACKETS)
#define NEXT(d)	((d) * PACKETS + next[d])

/* its state in the ring; one that is reserved is still FREE */
#define FREE	0
#define FULL	1
#define DRAINED	2
byte state[ALL];
byte next[DEVICES];
bool waited[DEVICES];		/* the mark on the slot of next */
bool complete[DEVICES];

/* memory */
byte spare = SPARE;
bool aside_used[DEVICES];
byte pool_parked;

/* waiters: true is ARMED */
bool channel_armed[CHANNELS];
bool device_armed[DEVICES];
byte wants[CHANNELS];
#if COURTESY
bool greedy;
bool tried[CHANNELS];		/* what is wanted, under greedy */
#define TRIED(k)	tried[k]
#else
#define greedy		true
#define TRIED(k)	true
#endif

/* the admission word */
short channels = CHANNELS;
short parkeds;
short devices = DEVICES;

#define GO_ON	0
#define ENDED	1
#define STUCK	2
#define VERDICT(c, p, d) ((c) != 0 -> GO_ON : ((p) == 0 -> ENDED : \
	((d) == 0 -> STUCK : GO_ON)))
#define PARK	VERDICT(channels - 1, parkeds + 1, devices)
#define END	VERDICT(channels - 1, parkeds, devices)
#define STOP	VERDICT(channels, parkeds, devices - 1)

/* the failure */
#define ECANCELED	1
#define EPIPE		2
#define ENOBUFS		3
#define EPROTO		4
byte failed;

/* the channel that brings a packet, NONE: it does not come; who has ended */
byte where[ALL];
byte repeats = NONE;		/* who brings packet 0 once more */
#if REPEAT
bool abandoned;
#endif
bool ended[CHANNELS];
byte lost;
bool closed_early;
#if SPURIOUS
byte spurious = SPURIOUS;
#endif
bool ready;			/* the streams are laid out */

/* ---- truths that only the model can see ---- */

/* Packet @p is still to come on a channel that has not ended. */
#define TO_COME(p) (state[p] == FREE && \
	where[p] != NONE && !ended[where[p]])

/* Nobody can move: no parked channel has room, no device its packet. */
inline assert_stuck()
{
	for (tc : 0 .. CHANNELS - 1) {
		if
		:: !ended[tc] ->
			tk = wants[tc];
			assert(!(IDX(tk) < next[DEV(tk)] + WINDOW &&
			    (spare > 0 || (IDX(tk) == next[DEV(tk)] &&
			    !aside_used[DEV(tk)]))))
		:: else
		fi
	}
	for (tc : 0 .. DEVICES - 1) {
		assert(complete[tc] || state[NEXT(tc)] != FULL)
	}
	assert(DEVICES > 1);
	tc = 0; tk = 0
}

/* ---- failure.c ---- */

inline fail_spread()
{
	d_step {
		for (tc : 0 .. DEVICES - 1) { device_armed[tc] = false }
		tc = 0
	}
#if MUTANT != 13		/* the channels are not woken */
	d_step {
		for (tc : 0 .. CHANNELS - 1) { channel_armed[tc] = false }
		tc = 0
	}
#endif
}

inline fail_missing(d)
{
	if
	:: d_step { failed == 0 ->
		assert(next[d] < PACKETS);
		assert(!TO_COME(NEXT(d)) && state[NEXT(d)] == FREE);
		failed = EPIPE
	   };
	   fail_spread()
	:: d_step { failed != 0 -> skip }
	fi
}

inline fail_stuck()
{
	if
	:: d_step { failed == 0 ->
		assert_stuck();
		failed = ENOBUFS
	   };
	   fail_spread()
	:: d_step { failed != 0 -> skip }
	fi
}

/* ---- the end of waiting ---- */

/* device_lacking: armed, its next idx and then that slot, and armed again */
inline incoming_ended()
{
	do
	:: ek < DEVICES && !complete[ek] && device_armed[ek] ->
		en = next[ek];
		if
#if MUTANT == 7				/* the drain moved on: "not there" */
		:: en == PACKETS || state[ek * PACKETS + en] != FULL ->
#else
		:: en == PACKETS || state[ek * PACKETS + en] == FREE ->
#endif
			if
#if MUTANT != 16			/* it loaded its last one meanwhile */
			:: d_step { !device_armed[ek] -> ek++ }
			:: device_armed[ek] -> fail_missing(ek); break
#else
			:: fail_missing(ek); break
#endif
			fi
		:: d_step { else -> ek++ }
		fi
	:: d_step { ek < DEVICES && (complete[ek] || !device_armed[ek]) ->
		ek++ }
	:: ek == DEVICES -> break
	od;
	ek = 0; en = 0
}

/*
 * All parked channels bring for one device: it is missing, not behind.  A look
 * that may have missed one is made again, unless somebody runs, who will draw
 * the next verdict.
 */
inline incoming_stuck()
{
	do
	:: true ->
		en = (DEVICES == 1 -> 0 : NONE); seen = 0;
		do
		:: d_step { ek < CHANNELS && channel_armed[ek] ->
			seen++;
			if
			:: DEVICES > 1 && en == NONE -> en = DEV(wants[ek])
			:: DEVICES > 1 && en != NONE && en != DEV(wants[ek]) ->
				en = NONE - 1
			:: else
			fi;
			ek++ }
		:: d_step { ek < CHANNELS && !channel_armed[ek] -> ek++ }
		:: ek == CHANNELS -> break
		od;
		ek = 0;
#if MUTANT == 22			/* the look is believed */
		seen = NONE; break
#else
		if
		:: d_step { channels != 0 || failed != 0 -> seen = 0 }; break
		:: channels == 0 && failed == 0 && parkeds == seen ->
			seen = NONE; break
		:: d_step { channels == 0 && failed == 0 && parkeds != seen ->
			seen = 0 }
		fi
#endif
	od;
	if
	:: seen == 0
#if MUTANT != 9				/* a missing packet is a deadlock */
	:: seen != 0 && en < DEVICES && !complete[en] -> ek = en;
		fail_missing(ek)
#endif
	:: else -> fail_stuck()
	fi;
	ek = 0; en = 0; seen = 0
}

/* ---- waking ---- */

#define CAN_GO(p, all)	(IDX(p) <= next[DEV(p)] || \
	(IDX(p) < next[DEV(p)] + WINDOW && \
	spare >= ((all) || device_armed[DEV(p)] -> 1 : MARGIN)))

inline channel_wake(k)
{
#if MUTANT == 2				/* A2: woken first, counted then */
	if
	:: d_step { channel_armed[k] -> channel_armed[k] = false };
	   d_step { channels++; parkeds--; k++ }
	:: d_step { else -> k++ }
	fi
#else
	d_step { channels++; parkeds-- };
	if
	:: d_step { channel_armed[k] -> channel_armed[k] = false; k++ }
#if MUTANT == 6				/* the hidden end is not looked at */
	:: d_step { !channel_armed[k] -> channels--; parkeds++; k++ }
#else
	:: d_step { !channel_armed[k] && PARK != ENDED ->
		assert(PARK != STUCK);	/* the waker is counted */
		channels--; parkeds++; k++ }
	:: d_step { !channel_armed[k] && PARK == ENDED ->
		channels--; parkeds++; k++ };
		incoming_ended()
#endif
	fi
#endif
}

inline incoming_wake(all)
{
	do
	:: wk < CHANNELS && channel_armed[wk] && CAN_GO(wants[wk], all) ->
		channel_wake(wk)
	:: d_step { wk < CHANNELS && (!(all) || !(channel_armed[wk] &&
	   CAN_GO(wants[wk], all))) -> wk++ }
#if COURTESY
	:: d_step { (all) && wk < CHANNELS && !greedy && channel_armed[wk] &&
	   IDX(wants[wk]) > next[DEV(wants[wk])] -> wk++ }
#endif
	:: wk == CHANNELS -> break
	od;
	wk = 0
}

/*
 * verdict_draw, of STUCK: lets on whom courtesy held back, being counted
 * itself, until a look after a verdict finds nobody.
 */
inline verdict_stuck()
{
#if COURTESY
	greedy = true;
#endif
	first = true; some = true;
	do
	:: some ->
		devices++;
		d_step { some = first; first = false };
#if MUTANT != 20			/* it is stuck at once */
		do
		:: wk < CHANNELS && channel_armed[wk] && !TRIED(wk) &&
		   CAN_GO(wants[wk], true) ->
			some = true;
			channel_wake(wk)
		:: d_step { wk < CHANNELS && !(channel_armed[wk] &&
		   !TRIED(wk) && CAN_GO(wants[wk], true)) -> wk++ }
		:: wk == CHANNELS -> break
		od;
		wk = 0;
#endif
		if
		:: d_step { STOP == GO_ON -> devices--; some = false }; break
		:: d_step { STOP == ENDED -> devices--; some = false };
			incoming_ended(); break
		:: d_step { STOP == STUCK -> devices-- }
		fi
	:: !some -> incoming_stuck(); break
	od
}

inline device_wake(d)
{
#if MUTANT != 8				/* A2, of a device */
	devices++;
#endif
	if
	:: d_step { device_armed[d] -> device_armed[d] = false }
	:: d_step { !device_armed[d] ->
#if MUTANT != 8 && MUTANT != 21		/* it was awake, and counted */
		devices--
#else
		skip
#endif
	   }
	fi
}

/* Memory is given back; then asks whether somebody is parked. */
inline give(b, d, flush)
{
	d_step {
		if
		:: b == 1 -> spare++
		:: b == 2 -> assert(aside_used[d]); aside_used[d] = false
		:: else
		fi;
		b = 0;
		assert(spare <= SPARE)		/* used + spare is the budget */
	}
	d_step {
		flush = (pool_parked > 0)
	}
}

/* ---- channels ---- */

#define OK	0
#define AGAIN	1
#define DOUBLE	2

#if MUTANT == 3				/* R1: nothing is set aside */
#define MAY_USE_ASIDE(p) false
#elif MUTANT == 4			/* R1: set aside, but for anybody */
#define MAY_USE_ASIDE(p) (!aside_used[DEV(p)])
#else
#define MAY_USE_ASIDE(p) (IDX(p) == next[DEV(p)] && !aside_used[DEV(p)])
#endif

#if COURTESY
#define POLITE_OVER	polite = false
#else
#define polite		false
#define POLITE_OVER	skip
#endif

/* incoming_try: the ring asked, a block.  result: OK, AGAIN, DOUBLE */
inline attempt(p)
{
#if COURTESY
	if
	:: greedy
	:: !greedy && IDX(p) == next[DEV(p)]
	:: !greedy && IDX(p) != next[DEV(p)] -> polite = true
	:: !greedy && IDX(p) != next[DEV(p)]
	fi;
#endif
	d_step {
		if
		:: state[p] != FREE -> result = DOUBLE
		:: state[p] == FREE && IDX(p) >= next[DEV(p)] + WINDOW ->
			result = AGAIN
		:: else ->
			if
			:: spare > 0 && !polite ->
				spare--; block = 1; result = OK
			:: (spare == 0 || polite) && MAY_USE_ASIDE(p) ->
				aside_used[DEV(p)] = true;
				block = 2; result = OK
			:: else -> result = AGAIN
			fi
		fi;
		POLITE_OVER
	}
}

#if COURTESY
#define WANT(me, p) polite = !greedy; d_step { wants[me] = p; \
	tried[me] = !polite; polite = false; channel_armed[me] = true }
#else
#define WANT(me, p) d_step { wants[me] = p; channel_armed[me] = true }
#endif

/* How the buffer that holds packet @p was come by, for the drain. */
byte memory[ALL];

/* Is there one, and which, of device @d on channel @c? */
#define IS(c, d, i)	(where[(d) * PACKETS + (i)] == (c) && \
	!SENT((d) * PACKETS + (i)))
#if REPEAT
bool sent[ALL];
#define SENT(p)		sent[p]
#define SEND(p)		sent[p] = true
#else
#define SENT(p)		(state[p] != FREE)	/* nobody else brings it */
#define SEND(p)		skip
#endif
#if PACKETS == 2
#define COMES(c, d)	(IS(c, d, 0) || IS(c, d, 1))
#define FIRST(c, d)	((d) * PACKETS + (IS(c, d, 0) -> 0 : 1))
#else
#define COMES(c, d)	(IS(c, d, 0) || IS(c, d, 1) || IS(c, d, 2))
#define FIRST(c, d)	((d) * PACKETS + (IS(c, d, 0) -> 0 : \
	(IS(c, d, 1) -> 1 : 2)))
#endif

proctype channel(byte me)
{
	byte p, result, block, wk, ek, en, seen, tc, tk;
	bool flushed, yes, some, first;
#if COURTESY
	bool polite;
#endif
#if REPEAT
	bool once_more;			/* this is the repetition */
#endif

	ready;
next_packet:
#if REPEAT
	once_more = false;
#endif
	if			/* any device's next packet of this channel */
	:: d_step { failed == 0 && COMES(me, 0) -> p = FIRST(me, 0);
		SEND(p) }
#if DEVICES > 1
	:: d_step { failed == 0 && COMES(me, 1) -> p = FIRST(me, 1);
		SEND(p) }
#endif
#if DEVICES > 2
	:: d_step { failed == 0 && COMES(me, 2) -> p = FIRST(me, 2);
		SEND(p) }
#endif
#if REPEAT
	:: d_step { failed == 0 && repeats == me -> repeats = NONE; p = 0;
		once_more = true }
#endif
	:: else -> goto end
	fi;
again:
	skip;
	attempt(p);
	if
	:: result == OK -> goto commit
	:: result == DOUBLE -> goto refuse
	:: result == AGAIN
	fi;
	/* incoming_park */
#if MUTANT == 10			/* looked, and counted only then */
	WANT(me, p);
	attempt(p);
	pool_parked++;
#elif MUTANT == 17			/* looked, and armed only then */
	pool_parked++;
	attempt(p);
	WANT(me, p);
#else
	WANT(me, p);
	pool_parked++;
#if MUTANT != 1				/* A1: no last look */
	attempt(p);
#endif
#endif
	if
	:: result != AGAIN ->
		if
		:: d_step { channel_armed[me] -> channel_armed[me] = false;
			pool_parked-- }
		:: d_step { !channel_armed[me] -> channels--; parkeds++;
			pool_parked-- }
		fi;
		if
		:: result == OK -> goto commit
		:: else -> goto refuse
		fi
#if MUTANT == 18			/* R4: nobody looks when it parks */
	:: d_step { result == AGAIN -> channels--; parkeds++ }
#else
	:: d_step { result == AGAIN && PARK == STUCK ->
		channels--; parkeds++ };
		verdict_stuck()
	:: d_step { result == AGAIN && PARK != STUCK ->
		channels--; parkeds++ }
#endif
	fi;
	if
	:: failed != 0 -> goto end
	:: failed == 0
	fi;
	/* waiter_sleep, or an event loop */
	if
	:: d_step { !channel_armed[me] -> pool_parked-- }
#if SPURIOUS
	:: d_step { spurious > 0 -> spurious--; channels++; parkeds-- };
		if
		:: d_step { channel_armed[me] -> channel_armed[me] = false;
			pool_parked-- }
		:: d_step { !channel_armed[me] -> channels--; parkeds++;
			pool_parked-- }
		fi;
#if LOSS
		if			/* and is closed, with the rest lost */
		:: d_step { lost < LOSS -> lost++; closed_early = true };
			goto end
		:: true
		fi
#endif
#endif
	fi;
	if
	:: failed != 0 -> goto end
	:: failed == 0 -> goto again
	fi;
commit:
	skip;
#if REPEAT == 2
	if			/* incoming_abandon, of the repetition */
	:: p == 0 && once_more -> abandoned = true; give(block, DEV(p), flushed);
#if MUTANT == 19			/* and nobody is woken */
		flushed = false;
#endif
		if
		:: atomic { flushed -> flushed = false }; incoming_wake(true)
		:: else
		fi;
		goto next_packet
	:: true
	fi;
#endif
	/* ring_insert */
	d_step {
		result = 0;
		if
#if MUTANT == 12			/* whatever is there */
		:: true ->
#else
		:: state[p] == FREE ->
#endif
			assert(state[p] == FREE);
			memory[p] = block; block = 0;
			state[p] = FULL;
			yes = waited[DEV(p)] && IDX(p) == next[DEV(p)];
			waited[DEV(p)] = waited[DEV(p)] && !yes
#if MUTANT != 12
		:: else -> result = DOUBLE
#endif
		fi
	};
	if
	:: result == DOUBLE -> give(block, DEV(p), flushed);
		if
		:: atomic { flushed -> flushed = false }; incoming_wake(true)
		:: else
		fi;
		goto refuse
	:: else
	fi;
	if
	:: atomic { yes -> yes = false }; device_wake(DEV(p))
	:: else
	fi;
	goto next_packet;
refuse:
	skip;
	if
	:: d_step { failed == 0 -> assert(REPEAT); failed = EPROTO };
	   fail_spread()
	:: failed != 0
	fi;
end:
	skip;
	/* channel_end; the accounts of a failed migration do not matter */
	if
	:: d_step { failed != 0 -> p = 0; result = 0; ended[me] = true }
#if MUTANT == 15			/* R5: nobody looks at the end */
	:: d_step { failed == 0 -> ended[me] = true; channels-- }
#else
	:: d_step { failed == 0 && END == GO_ON -> p = 0; result = 0;
		ended[me] = true; channels-- }
	:: d_step { failed == 0 && END == ENDED -> p = 0; result = 0;
		ended[me] = true; channels-- };
		incoming_ended()
	:: d_step { failed == 0 && END == STUCK -> p = 0; result = 0;
		ended[me] = true; channels-- };
		verdict_stuck()
#endif
	fi
}

/* ---- devices ---- */

proctype drain(byte me)
{
	byte wk, ek, en, seen, tc, tk, block;
	bool flushed, yes, some, first;

	ready;
next_idx:
	if
	:: failed != 0 -> goto end
	:: d_step { failed == 0 && state[NEXT(me)] == FULL &&
	   next[me] < PACKETS - 1 ->
		/* batch_take: the slot is free, the memory is not */
		block = memory[NEXT(me)];
		memory[NEXT(me)] = 0;
		state[NEXT(me)] = DRAINED;
		waited[me] = false;
		next[me]++
	   };
	   give(block, me, flushed);
	   if
	   :: atomic { flushed -> flushed = false }; incoming_wake(false)
	   :: else
	   fi;
	   goto next_idx
	:: failed == 0 && state[NEXT(me)] == FULL && next[me] == PACKETS - 1 ->
		goto config
#if MUTANT == 11			/* the slot is marked, armed then */
	:: d_step { failed == 0 && state[NEXT(me)] != FULL ->
		waited[me] = true }
	fi;
	device_armed[me] = true;
#else
	:: d_step { failed == 0 && state[NEXT(me)] != FULL ->
		device_armed[me] = true }
	fi;
	d_step {
		yes = (state[NEXT(me)] == FULL);
		waited[me] = !yes
	};
	if
	:: atomic { yes -> yes = false };
		if
		:: d_step { device_armed[me] -> device_armed[me] = false }
		:: d_step { !device_armed[me] -> devices-- }
		fi;
		goto next_idx
	:: else
	fi;
#endif
#if MUTANT != 5				/* R3: waits without waking all */
	if
	:: pool_parked > 0 -> incoming_wake(true)
	:: pool_parked == 0
	fi;
#endif
	if
	:: d_step { STOP == GO_ON -> devices-- }
	:: d_step { STOP == ENDED -> devices-- };
		if
		:: state[NEXT(me)] != FULL -> incoming_ended()
		:: state[NEXT(me)] == FULL
		fi
	:: d_step { STOP == STUCK -> devices-- };
		if
		:: state[NEXT(me)] != FULL -> verdict_stuck()
		:: state[NEXT(me)] == FULL
		fi
	fi;
	if
	:: failed != 0 -> goto end
	:: failed == 0
	fi;
	if
	:: !device_armed[me]
#if SPURIOUS
	:: d_step { spurious > 0 -> spurious--; devices++ };
		if
		:: d_step { device_armed[me] -> device_armed[me] = false }
		:: d_step { !device_armed[me] -> devices-- }
		fi
#endif
	fi;
	goto next_idx;
config:
	incoming_wake(true);
	d_step {
		block = memory[NEXT(me)];
		memory[NEXT(me)] = 0
	};
#if MUTANT == 14			/* complete, and its memory not back */
	skip;
#else
	give(block, me, flushed);
#endif
	d_step { flushed = false; state[NEXT(me)] = DRAINED; next[me]++ };
	complete[me] = true;
	incoming_wake(true);
	if
	:: d_step { STOP == STUCK -> devices-- }; verdict_stuck()
	:: d_step { STOP != STUCK -> devices-- }
	fi;
end:
	block = 0
}

#if CANCEL
proctype cancel()
{
	byte tc;

	ready;
	if
	:: d_step { failed == 0 -> failed = ECANCELED };
	   fail_spread()
	:: failed != 0
	fi
}
#endif

/* ---- the streams, and what must be true in the end ---- */

#define DONE	(_nr_pr == 1)

init
{
	byte d, c, p;
#ifdef LAYOUT
	int fix;
#endif


#ifdef LAYOUT			/* one digit a packet, the last one first */
	d_step {
		c = 0;
		fix = LAYOUT;
		for (p : 0 .. ALL - 1) {
			where[p] = (fix % 10 == 9 -> NONE : fix % 10);
			lost = lost + (fix % 10 == 9);
			fix = fix / 10
		}
	};
	p = ALL;
#endif
	do
	:: p < ALL ->
		if
		:: where[p] = 0
		:: p > 0 -> where[p] = 1	/* channels are all alike */
#if CHANNELS > 2
		:: p > 1 -> where[p] = 2
#endif
#if LOSS
		:: lost < LOSS -> where[p] = NONE; lost++
#endif
		fi;
		p++
	:: else -> break
	od;
#if REPEAT
	if
	:: repeats = 0
	:: repeats = 1
	fi;
#endif
	p = 0;
	atomic {
		for (c : 0 .. CHANNELS - 1) { run channel(c) }
		for (d : 0 .. DEVICES - 1) { run drain(d) }
#if CANCEL
		run cancel();
#endif
		ready = true
	}
	DONE;
	d_step {
		for (d : 0 .. DEVICES - 1) {
			assert(failed != 0 || complete[d]);
			assert(failed != 0 || !aside_used[d])
		}
		assert(failed != 0 || (spare == SPARE && pool_parked == 0 &&
		    channels == 0 && parkeds == 0 && devices == 0));
		/* the right failure */
		assert(failed == 0 || lost > 0 || REPEAT || CANCEL ||
		    (failed == ENOBUFS && DEVICES > 1));
		assert(failed != 0 || lost == 0 || closed_early);
#if REPEAT
		assert(failed != 0 || abandoned)
#endif
	}
}
