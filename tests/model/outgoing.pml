/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outgoing.pml - lines of packets, idle channels, and fills without memory
 *
 * lib/queue.c and the memory half of lib/fill.c, each shared word's access a
 * step.  Each device sends PACKETS, the last being its config packet; it has a
 * block set aside and may hold its share of the SPARE ones.  CLOSE: so many
 * channels may be closed at any moment when they hold no packet.
 *
 * Shown: every packet is taken once, each device's in order; no block has two
 * owners; a fill or a channel that can go on is never left asleep (no invalid
 * end state); all is sent, or all channels were closed and it fails.
 * MUTANT=n: see check.sh.
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
#ifndef PACKETS
#define PACKETS 2
#endif
#ifndef SPARE
#define SPARE 1
#endif
#ifndef CLOSE
#define CLOSE 0
#endif

/* a line of packets: put at the back, taken at the front */
byte back[DEVICES];
byte front[DEVICES];
byte memory[DEVICES * PACKETS];	/* 1: spare, 2: set aside */

byte spare = SPARE;
bool aside_used[DEVICES];
byte holds[DEVICES];
byte pool_parked;
byte filled;
bool device_armed[DEVICES];

byte idle;
byte coming;
byte emptied;
byte ended;
byte closes = CLOSE;
bool channel_armed[CHANNELS];
bool failed;

#define SHARE	(SPARE / (DEVICES > filled -> DEVICES - filled : 1))
#define DONE	(emptied == DEVICES)

/* Wake one channel that is armed; found: there was one. */
inline idle_signal()
{
	found = false;
	do
	:: d_step { wk < CHANNELS && channel_armed[wk] ->
		channel_armed[wk] = false; found = true }; break
	:: d_step { wk < CHANNELS && !channel_armed[wk] -> wk++ }
	:: wk == CHANNELS -> break
	od;
	wk = 0
}

/* Wake one that is idle, unless one is on its way ("every sixteenth" is never
 * reached with as few packets). */
inline idle_wake()
{
	if
	:: idle == 0
	:: idle > 0 ->
		if
		:: d_step { coming > 0 -> coming++ }
		:: d_step { coming == 0 -> coming = 1 };
			do
			:: was = coming;
				idle_signal();
				if
				:: found -> break
				:: else
				fi;
#if MUTANT == 12			/* nobody comes, and it still says so */
				break
#else
				if
				:: d_step { coming == was -> coming = 0 };
					break
				:: coming != was
				fi
#endif
			od;
			was = 0
		fi
	fi
}

inline idle_wake_all()
{
	if
	:: idle == 0
	:: idle > 0 ->
		do
		:: idle_signal();
			if
			:: found
			:: !found -> break
			fi
		od
	fi;
	found = false
}

#if MUTANT == 7				/* a fill that holds nothing must wait */
#define FILL_CAN_GO(d)	(holds[d] + 1 <= SHARE && spare > 0)
#else
#define FILL_CAN_GO(d)	(holds[d] == 0 || (holds[d] + 1 <= SHARE && spare > 0))
#endif

inline fills_wake()
{
	do
	:: wk < DEVICES && device_armed[wk] && FILL_CAN_GO(wk) ->
		d_step { device_armed[wk] = false; wk++ }
	:: d_step { wk < DEVICES && !(device_armed[wk] && FILL_CAN_GO(wk)) ->
		wk++ }
	:: wk == DEVICES -> break
	od;
	wk = 0
}

/* outgoing_block: b is 0, or what it got */
inline take_block(b)
{
	if
	:: d_step { !aside_used[me] -> aside_used[me] = true; b = 2 }
	:: aside_used[me] ->
		if
		:: d_step { holds[me] + 1 <= SHARE && spare > 0 ->
			spare--; holds[me]++; b = 1 }
		:: else
		fi
	fi
}

proctype fill(byte me)
{
	byte block, wk, was;
	bool found;

next_packet:
	skip;
	do
	:: block == 0 && !failed ->
		take_block(block);
		if
		:: block != 0 -> break
		:: block == 0
		fi;
#if MUTANT == 6				/* looked, and counted only then */
		device_armed[me] = true;
		take_block(block);
		pool_parked++;
#elif MUTANT == 9			/* looked, and armed only then */
		pool_parked++;
		take_block(block);
		device_armed[me] = true;
#else
		device_armed[me] = true;
		pool_parked++;
		take_block(block);
#endif
		if
		:: block == 0 && !failed -> !device_armed[me]
		:: else
		fi;
		device_armed[me] = false;
		pool_parked--
	:: block != 0 || failed -> break
	od;
	if
	:: failed -> goto end
	:: else
	fi;
	/* outgoing_put */
	d_step {
		memory[me * PACKETS + back[me]] = block;
		block = 0;
		back[me]++
	};
#if MUTANT != 1				/* put, and nobody told */
	idle_wake();
#endif
	if
	:: back[me] < PACKETS -> goto next_packet
	:: else -> filled++
	fi;
end:
	skip
}

/* outgoing_find */
inline find()
{
	if
	:: d_step { front[0] < back[0] -> dev = 0; p = front[0]; front[0]++ }
#if DEVICES > 1
	:: d_step { front[1] < back[1] -> dev = 1; p = front[1]; front[1]++ }
#endif
#if DEVICES > 2
	:: d_step { front[2] < back[2] -> dev = 2; p = front[2]; front[2]++ }
#endif
	:: else
	fi
}

inline unidle(pass)
{
	if
	:: d_step { channel_armed[me] -> channel_armed[me] = false }
	:: !channel_armed[me] ->
#if MUTANT != 11			/* it has come, and does not say so */
		coming = 0;
#endif
#if MUTANT != 3				/* the wake-up is kept */
		if
		:: pass -> idle_wake()
		:: else
		fi
#else
		skip
#endif
	fi;
	idle--
}

inline fail_spread()
{
	d_step {
		failed = true;
		for (wk : 0 .. DEVICES - 1) { device_armed[wk] = false }
		for (wk : 0 .. CHANNELS - 1) { channel_armed[wk] = false }
		wk = 0
	}
}

#define NONE 255

#if DEVICES > 1
#define LEFT (front[0] < back[0] || front[1] < back[1])
#else
#define LEFT (front[0] < back[0])
#endif

proctype channel(byte me)
{
	byte dev = NONE, p, wk, b, was;
	bool found;

again:
	if
	:: failed -> goto end
	:: !failed
	fi;
	find();
	if
	:: dev != NONE -> goto taken
	:: dev == NONE
	fi;
	if
	:: DONE -> goto end
	:: !DONE
	fi;
#if CLOSE
	if
	:: d_step { closes > 0 -> closes-- }; goto close
	:: true
	fi;
#endif
	/* outgoing_idle */
#if MUTANT == 2				/* looked, and armed only then */
	idle++;
	find();
	channel_armed[me] = true;
#elif MUTANT == 10			/* looked, and counted only then */
	channel_armed[me] = true;
	find();
	idle++;
#else
	channel_armed[me] = true;
	idle++;
	find();
#endif
	if
	:: dev == NONE && !DONE && !failed ->
		if
		:: !channel_armed[me]
#if CLOSE
		:: d_step { closes > 0 -> closes-- };
#if MUTANT == 4				/* closed, and the wake-up with it */
			unidle(false);
#else
			unidle(true);
#endif
			goto close
#endif
		fi
	:: else
	fi;
	unidle(dev != NONE);
	if
	:: dev != NONE -> goto taken
	:: else -> goto again
	fi;
taken:
	if
	:: p == PACKETS - 1 -> emptied++;
#if MUTANT != 5				/* the end is not told to the idle */
		if
		:: DONE -> idle_wake_all()
		:: else
		fi
#endif
	:: else
	fi;
	if			/* outgoing_pass */
	:: idle > 0 && LEFT -> idle_wake()
	:: else
	fi;
	/* outgoing_release */
	b = memory[dev * PACKETS + p];
	if
	:: b == 1 -> d_step { holds[dev]--; spare++; assert(spare <= SPARE) }
	:: b == 2 -> d_step { assert(aside_used[dev]); aside_used[dev] = false }
	fi;
	if
	:: pool_parked > 0 -> fills_wake()
	:: pool_parked == 0
	fi;
	d_step { memory[dev * PACKETS + p] = 0; dev = NONE; p = 0; b = 0 };
	goto again;
#if CLOSE
close:
	skip;
#endif
end:
	/* outgoing_ended */
	if
	:: DONE || failed
	:: !DONE && !failed ->
		if
		:: d_step { ended + 1 == CHANNELS -> ended++ };
#if MUTANT != 8				/* the last one does not look back */
			fail_spread()
#else
			skip
#endif
		:: d_step { ended + 1 < CHANNELS -> ended++ }
		fi
	fi
}

init
{
	byte k;

	atomic {
		for (k : 0 .. DEVICES - 1) { run fill(k) }
		for (k : 0 .. CHANNELS - 1) { run channel(k) }
		k = 0
	}
	_nr_pr == 1;
	assert(failed || (DONE && spare == SPARE && idle == 0));
	assert(!failed || (CLOSE >= CHANNELS && !DONE));
	for (k : 0 .. DEVICES - 1) {
		assert(failed || (front[k] == PACKETS && !aside_used[k] &&
		    holds[k] == 0))
	}
}
