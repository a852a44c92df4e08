/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hostile.c - a hostile source against vfiomig receive
 *
 *	hostile VFIOMIG SECONDS [ATTACK...]
 *
 * Each attack goes on against one receiver after another for so many seconds,
 * at full speed.  Each receiver must end by itself, with exit code 1, with the
 * words that name what was wrong, and must never have used more memory than
 * its budget and 32 MiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attacks.h"

enum {
	BUDGET_MIB	= 4,
	MEMORY_KIB	= (BUDGET_MIB + 32) << 10,
	DEADLINE_MS	= 60000		/* longer than any of them may take */
};

extern char **environ;

static char folder[] = "/tmp/hostileXXXXXX";
static char path[64], log_path[64];

struct outcome {
	bool ended;
	int status;
	long memory_kib;		/* the most it had resident */
	char said[8192];
};

/* Patient, but where patience is what is tried: machines may be busy. */
static pid_t
receiver_start(const char *vfiomig, bool silent)
{
	char listen[80];
	char *const argv[] = { "vfiomig", "receive", "--listen", listen,
	    "--channels", "2", "--device", "a=sim:verify=0", "--device",
	    "b=sim:verify=0", "--budget", "4M", "--stall-timeout",
	    silent ? "1" : "30", "--one-way", "--quiet", NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int r;

	snprintf(listen, sizeof listen, "unix:%s", path);
	unlink(path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY,
	    0);
	posix_spawn_file_actions_addopen(&actions, 2, log_path,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);
	r = posix_spawn(&pid, vfiomig, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return r == 0 ? pid : -1;
}

/* Wait for its end, by itself or by us. */
static void
receiver_end(pid_t pid, struct outcome *outcome)
{
	struct rusage usage;
	int waited;
	FILE *file;

	for (waited = 0; waited < DEADLINE_MS; waited += 2) {
		outcome->ended = wait4(pid, &outcome->status, WNOHANG,
		    &usage) == pid;
		if (outcome->ended)
			break;
		link_sleep(2);
	}
	if (!outcome->ended) {
		kill(pid, SIGKILL);
		wait4(pid, &outcome->status, 0, &usage);
	}
	outcome->memory_kib = usage.ru_maxrss;
	file = fopen(log_path, "re");
	outcome->said[file == NULL ? 0 : fread(outcome->said, 1,
	    sizeof outcome->said - 1, file)] = '\0';
	if (file != NULL)
		fclose(file);
}

/* NULL: as it should be; else what was wrong. */
static const char *
judge(const struct attack *attack, const struct outcome *outcome)
{
	regex_t words;
	bool match;

	if (!outcome->ended)
		return "the receiver did not end";
	if (!WIFEXITED(outcome->status))
		return "the receiver was killed by a signal";
	if (WEXITSTATUS(outcome->status) != 1)
		return "its exit code is not 1";
	if (outcome->memory_kib > MEMORY_KIB)
		return "it used more memory than its budget and 32 MiB";
	if (regcomp(&words, attack->words, REG_EXTENDED | REG_NOSUB) != 0)
		return "the words are no regular expression";
	match = regexec(&words, outcome->said, 0, NULL, 0) == 0;
	regfree(&words);
	if (!match)
		return "it did not say what was wrong";
	if (strpbrk(outcome->said, "\033\177") != NULL)
		return "the peer's control characters got to the terminal";
	return NULL;
}

static bool
attack_run(const char *vfiomig, const struct attack *attack, double seconds)
{
	uint64_t end = link_now() + (uint64_t)(seconds * 1e9);
	struct front front = { .path = path };
	static struct outcome outcome;
	const char *wrong = NULL;
	unsigned int rounds = 0;
	long memory_kib = 0;
	pid_t pid;

	do {
		pid = receiver_start(vfiomig, attack->silent);
		if (pid < 0)
			wrong = "the receiver did not start";
		if (pid < 0)
			break;
		front.until = end;
		front.pid = pid;
		attack->run(&front);
		receiver_end(pid, &outcome);
		wrong = judge(attack, &outcome);
		if (outcome.memory_kib > memory_kib)
			memory_kib = outcome.memory_kib;
		rounds++;
	} while (wrong == NULL && link_now() < end);
	if (wrong == NULL)
		printf("PASS: hostile %s (%u receivers, %ld KiB at most)\n",
		    attack->name, rounds, memory_kib);
	else
		printf("FAIL: hostile %s (%s; %u receivers, status %x, %ld "
		    "KiB)\n%s\n", attack->name, wrong, rounds, outcome.status,
		    outcome.memory_kib, outcome.said);
	fflush(stdout);
	return wrong == NULL;
}

static bool
wanted(const char *name, int argc, char **argv)
{
	int k;

	for (k = 3; k < argc; k++)
		if (strcmp(argv[k], name) == 0)
			return true;
	return argc <= 3;
}

int
main(int argc, char **argv)
{
	bool good = true;
	size_t k;

	if (argc < 3 || mkdtemp(folder) == NULL) {
		fprintf(stderr, "usage: hostile VFIOMIG SECONDS [ATTACK]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	snprintf(path, sizeof path, "%s/socket", folder);
	snprintf(log_path, sizeof log_path, "%s/log", folder);
	for (k = 0; k < attacks_count; k++)
		if (wanted(attacks[k].name, argc, argv))
			good &= attack_run(argv[1], &attacks[k],
			    atof(argv[2]));
	unlink(path);
	unlink(log_path);
	rmdir(folder);
	return !good;
}
