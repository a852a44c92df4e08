/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * handover.c - which end has the devices; see handover.h
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "handover.h"
#include "lib/wire.h"
#include "migration.h"

enum { WORD = sizeof HANDOVER_WORD - 1 };

bool
handover_possible(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

void
handover_say(int fd)
{
	if (handover_possible(fd))
		(void)!send(fd, HANDOVER_WORD, WORD,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Read on.  True: the word is whole, or the migration has failed. */
static bool
word_read(struct migration *m, int channel, int fd, char *word, size_t *have)
{
	ssize_t r = recv(fd, word + *have, WORD - *have, MSG_DONTWAIT);

	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (r < 0)
		migration_fail(m, "other side is gone before it had "
		    "everything: channel=%d, error=%s", channel,
		    strerror(errno));
	if (r == 0)
		migration_fail(m, "other side closed before it had "
		    "everything: channel=%d", channel);
	if (r <= 0)
		return true;
	*have += (size_t)r;
	if (*have == WORD && memcmp(word, HANDOVER_WORD, WORD) != 0)
		migration_fail(m, "other side says what it should not: "
		    "channel=%d", channel);
	return *have == WORD;
}

bool
handover_wait(struct migration *m, const int *fd, int count)
{
	uint64_t since = clock_ns();
	uint64_t timeout = m->options->stall_timeout * 1000000;
	char word[WORD];
	size_t have;
	int k;

	for (k = 0; k < count; k++) {
		have = 0;
		while (!migration_failed(m, NULL, 0) &&
		    !word_read(m, k, fd[k], word, &have)) {
			migration_tick(m, fd[k]);
			if (timeout != 0 && clock_ns() - since > timeout)
				migration_fail(m, "other side is silent: "
				    "all is sent, and nothing said it is "
				    "loaded: milliseconds=%llu",
				    (unsigned long long)
				    m->options->stall_timeout);
		}
	}
	return !migration_failed(m, NULL, 0);
}

bool
handover_release(struct migration *m, const int *fd, int count)
{
	static const uint8_t sync[WIRE_RAM_MAX] = {
		0x11, 0x22, 0x33, 0x44, 0, 0, 0, WIRE_VERSION,
		0, 0, 0, WIRE_FLAG_SYNC
	};
	size_t size = wire_ram_header((uint32_t)m->options->page_size);
	int k;

	for (k = 0; k < count; k++)
		(void)!send(fd[k], sync, size, MSG_NOSIGNAL);
	return true;
}
