/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outgoing.pml - lines of packets, idle channels, and fills without memory
 *
 * lib/outgoing.c, lib/idle.c and the memory half of lib/fill.c, each shared
 * word's access a step.  Each device sends PACKETS, the last being its config
 * packet; it has a block set aside and may hold its share of the SPARE ones.
 * A looking channel is enough for ENOUGH packets in line.
 *
 * BLOCK: a channel may stall with a packet it has taken, and then comes back
 * only when no packet lies in line or no other channel is left to come.
 * NONBLOCK: so many channels are somebody's event loop.  CLOSE: so many
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
#ifndef BLOCK
#define BLOCK 0
#endif
#ifndef NONBLOCK
#define NONBLOCK 0
#endif
#ifndef ENOUGH
#define ENOUGH 2
#endif

/* a line of packets: put at the back, taken at the front */
byte back[DEVICES];
byte front[DEVICES];
byte memory[DEVICES * PACKETS];	/* 1: spare, 2: set aside */

byte spare = SPARE;
bool aside_used[DEVICES];
byte holds[DEVICES];
byte stopped[DEVICES];
byte pool_parked;
byte filled;
bool device_armed[DEVICES];

/* the word of idle.c: three counts in one, of which each may be below zero */
short idle;
short looking;
short in_line;

byte emptied;
byte ended;
byte closes = CLOSE;
bool channel_armed[CHANNELS];
bool gone[CHANNELS];		/* stalled, or ended */
bool failed;

#define SHARE	(SPARE / (DEVICES > filled -> DEVICES - filled : 1))
#define DONE	(emptied == DEVICES)
#define WANTED	(idle > 0 && \
	in_line > (looking > 0 -> looking * ENOUGH : 0))

/* Wake one channel; found: there was one. */
inline idle_wake()
{
	found = false;
	do
	:: d_step { wk < CHANNELS && channel_armed[wk] ->
		channel_armed[wk] = false };
#if MUTANT == 11			/* who comes some time is counted */
		d_step { idle--; looking++ };
#else
		d_step { idle--; looking = looking + (wk >= NONBLOCK) };
#endif
		found = true;
		break
	:: d_step { wk < CHANNELS && !channel_armed[wk] -> wk++ }
	:: wk == CHANNELS -> break
	od;
	wk = 0
}

inline wake_if_wanted()
{
	if
	:: wanted -> wanted = false; idle_wake(); found = false
	:: else
	fi
}

inline idle_end_all()
{
	do
	:: idle_wake();
		if
		:: found
		:: !found -> break
		fi
	od;
	found = false
}

#if MUTANT == 7				/* a fill that holds nothing must wait */
#define FILL_CAN_GO(d)	(holds[d] < stopped[d] && \
	holds[d] + 1 <= SHARE && spare > 0)
#else
#define FILL_CAN_GO(d)	(holds[d] == 0 || (holds[d] < stopped[d] && \
	holds[d] + 1 <= SHARE && spare > 0))
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
	byte block, wk;
	bool found, wanted;

next_packet:
	skip;
	do
	:: block == 0 && !failed ->
		take_block(block);
		if
		:: block != 0 -> break
		:: block == 0
		fi;
		stopped[me] = holds[me];
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
	d_step { in_line++; wanted = WANTED };
#if MUTANT == 1				/* put, and nobody told */
	wanted = false;
#endif
	wake_if_wanted();
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

inline look()
{
	d_step { looking++; looks = true }
}

/* Not looking any more: another one may have to. */
inline away()
{
	if
	:: d_step { looks -> looks = false; looking--; wanted = WANTED }
	:: else
	fi
}

/* Nobody else will take what lies in line, or nothing does. */
#if CHANNELS == 2
#define ALONE	(!LEFT || gone[1 - me])
#elif CHANNELS == 3
#define ALONE	(!LEFT || (gone[(me + 1) % 3] && gone[(me + 2) % 3]))
#endif

inline unidle()
{
	if
	:: d_step { channel_armed[me] -> channel_armed[me] = false };
		d_step { idle--; looking++ }
	:: !channel_armed[me] ->
		if
		:: me < NONBLOCK -> looking++
		:: else
		fi
	fi;
	looks = true
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

#if DEVICES == 2
#define LEFT (front[0] < back[0] || front[1] < back[1])
#else
#define LEFT (front[0] < back[0])
#endif

proctype channel(byte me)
{
	byte dev = NONE, p, wk, b;
	bool found, wanted, looks;

again:
	if
	:: !looks -> look()
	:: looks
	fi;
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
	:: d_step { closes > 0 -> closes-- }; goto end
	:: true
	fi;
#endif
	/* outgoing_idle */
#if MUTANT == 12			/* still counted as looking */
	channel_armed[me] = true;
	d_step { idle++; looks = false };
	find();
#elif MUTANT == 2			/* looked, and armed only then */
	d_step { idle++; looking--; looks = false };
	find();
	channel_armed[me] = true;
#elif MUTANT == 10			/* looked, and counted only then */
	channel_armed[me] = true;
	find();
	d_step { idle++; looking--; looks = false };
#else
	channel_armed[me] = true;
	d_step { idle++; looking--; looks = false };
	find();
#endif
	if
	:: dev == NONE && !DONE && !failed ->
		if
		:: !channel_armed[me]
#if CLOSE
		:: d_step { closes > 0 -> closes-- };
			unidle();
			goto end
#endif
		fi
	:: else
	fi;
	unidle();
	if
	:: dev != NONE -> goto taken
	:: else -> goto again
	fi;
taken:
	if
	:: p == PACKETS - 1 -> emptied++;
#if MUTANT != 5				/* the end is not told to the idle */
		if
		:: DONE -> idle_end_all()
		:: else
		fi
#endif
	:: else
	fi;
	in_line--;			/* idle_go */
#if BLOCK
	if				/* its fd takes no more */
	:: away();
#if MUTANT == 3				/* nobody else is told */
		wanted = false;
#endif
		wake_if_wanted();
		gone[me] = true;
		ALONE || failed;
		gone[me] = false;
		look()
	:: true
	fi;
#endif
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
end:
	away();
#if MUTANT == 4				/* closed, and nobody told */
	wanted = false;
#endif
	wake_if_wanted();
	gone[me] = true;
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
	assert(failed || (DONE && spare == SPARE && idle == 0 && looking == 0 &&
	    in_line == 0));
	assert(!failed || (CLOSE >= CHANNELS && !DONE));
	for (k : 0 .. DEVICES - 1) {
		assert(failed || (front[k] == PACKETS && !aside_used[k] &&
		    holds[k] == 0))
	}
}
