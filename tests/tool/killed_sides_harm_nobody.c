/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * killed_sides_harm_nobody.c - SIGKILL of send, or of receive, at seeded
 * moments: the other one ends, names the outcome, and its devices are safe
 *
 * Idea: a first run, undisturbed, says how long one takes; the moments are
 * drawn from that and a bit more.  What the survivor says is read from its
 * figures (--stats json).  The rules:
 *
 *	send survives	either it failed, and every device runs as before, or
 *			it is complete, every device stands still, and the
 *			other side, whose devices are files, has them whole
 *	receive does	either it failed, and no device runs, or it is
 *			complete, every byte compared, and every device runs
 *
 * KILLS in the environment: how many of each; 20 without it.  SEED: of the
 * moments.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 16384, DEVICES = 2, HANG = 60, SIZE = 4000001 };

#define TOOL "tools/vfiomig"
#define OPTIONS "--channels", "3", "--budget", "4M", \
	"--stats", "json"
#define STREAM "size=4000001,initial=900001"

struct side {
	pid_t pid;		/* 0: it has ended */
	int status;
	char file[64];		/* its standard output */
	char text[TEXT];	/* what is in there */
};

static char folder[] = "/tmp/vfiomig-kill-XXXXXX";
static struct side source, target;
static uint64_t state;

static uint64_t
next_random(void)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = state;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void
sleep_us(uint64_t us)
{
	const struct timespec t = { (time_t)(us / 1000000),
	    (long)(us % 1000000 * 1000) };

	nanosleep(&t, NULL);
}

/* Start one; @error: what its standard error becomes. */
static void
side_start(struct side *side, const char *name, int error, char **argv)
{
	int fd;

	snprintf(side->file, sizeof side->file, "%s/%s", folder, name);
	side->text[0] = '\0';
	fd = open(side->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	side->pid = fork();
	if (side->pid != 0) {
		close(fd);
		return;
	}
	dup2(fd, 1);
	dup2(error, 2);
	execv(argv[0], argv);
	_exit(127);
}

/* The destination's devices where they are files; they appear when whole. */
static char *
file_of(const char *device)
{
	static char name[64];

	snprintf(name, sizeof name, "%s/%s", folder, device);
	return name;
}

static bool
is_whole(const char *device)
{
	struct stat st;

	return stat(file_of(device), &st) == 0 && st.st_size == SIZE;
}

/* Start receive and read where it listens. */
static void
target_start(char *address, size_t size, bool files)
{
	char a[128] = "a=sim:seed=1," STREAM, b[128] = "b=sim:seed=2," STREAM;
	char *argv[] = { TOOL, "receive", "--listen", "127.0.0.1:0",
	    "--device", a, "--device", b, "--resume", OPTIONS, NULL };
	char line[256] = "";
	size_t have = 0;
	int fd[2];

	unlink(file_of("a"));
	unlink(file_of("b"));
	if (files) {
		snprintf(a, sizeof a, "a=file:path=%s", file_of("a"));
		snprintf(b, sizeof b, "b=file:path=%s", file_of("b"));
	}
	if (pipe2(fd, O_CLOEXEC) < 0)
		exit(99);
	side_start(&target, "receive", fd[1], argv);
	close(fd[1]);
	while (have < sizeof line - 1 && strchr(line, '\n') == NULL &&
	    read(fd[0], line + have, 1) == 1)
		line[++have] = '\0';
	if (strstr(line, "listening: ") == NULL) {
		printf("receive does not listen: %s\n", line);
		exit(1);
	}
	line[strcspn(line, "\n")] = '\0';
	snprintf(address, size, "%s", strstr(line, "listening: ") + 11);
	close(fd[0]);		/* a broken standard error harms nobody */
}

static void
source_start(char *address, bool live)
{
	char *argv[] = { TOOL, "send", "--connect", address,
	    "--device", "a=sim:seed=1,bandwidth=80M," STREAM,
	    "--device", "b=sim:seed=2,bandwidth=80M," STREAM, OPTIONS,
	    live ? "--live" : NULL, NULL };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	side_start(&source, "send", null, argv);
	close(null);
}

/* Wait for its end and read what it said. */
static void
side_finish(struct side *side)
{
	uint64_t begin = now_us();
	ssize_t n;
	int fd;

	while (waitpid(side->pid, &side->status, WNOHANG) == 0) {
		if (now_us() - begin > HANG * UINT64_C(1000000)) {
			printf("it hangs: %s\n", side->file);
			kill(source.pid, SIGKILL);
			kill(target.pid, SIGKILL);
			exit(1);
		}
		sleep_us(1000);
	}
	side->pid = 0;
	fd = open(side->file, O_RDONLY | O_CLOEXEC);
	n = read(fd, side->text, sizeof side->text - 1);
	close(fd);
	side->text[n > 0 ? n : 0] = '\0';
}

static int
count(const char *text, const char *words)
{
	int n = 0;

	while ((text = strstr(text, words)) != NULL) {
		text++;
		n++;
	}
	return n;
}

/* Wake a receive that still waits for the connections of a dead source. */
static void
knock(const char *address)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)!connect(fd, (struct sockaddr *)&addr, sizeof addr);
	close(fd);
}

/* The rules; @failed, @complete: the states they ask for. */
static bool
is_safe(const struct side *side, const char *failed, const char *complete)
{
	bool good = side->status == 0;

	if (!WIFEXITED(side->status) || WEXITSTATUS(side->status) > 1)
		return false;
	return count(side->text, good ? "\"outcome\": \"complete\"" :
	    "\"outcome\": \"failed\"") == 1 &&
	    (good || count(side->text, "\"why\": \"\"") == 0) &&
	    count(side->text, "\"state\": ") == DEVICES &&
	    count(side->text, good ? complete : failed) == DEVICES;
}

/* One run with a kill.  True: the survivor is safe; *@moved: it says the
 * devices are at the destination. */
static bool
run_killed(bool kill_source, uint64_t after, bool live, bool *moved)
{
	struct side *victim = kill_source ? &source : &target;
	struct side *survivor = kill_source ? &target : &source;
	char address[64];
	bool safe;

	target_start(address, sizeof address, !kill_source);
	source_start(address, live);
	sleep_us(after);
	kill(victim->pid, SIGKILL);
	side_finish(victim);
	if (kill_source)
		knock(address);
	side_finish(survivor);
	safe = kill_source ?
	    is_safe(survivor, "\"state\": \"STOP\"", "\"state\": \"RUNNING\"") :
	    is_safe(survivor, "\"state\": \"RUNNING\"", "\"state\": \"STOP\"");
	*moved = survivor->status == 0;
	if (*moved && !kill_source)
		safe = safe && is_whole("a") && is_whole("b");
	if (!safe)
		printf("%s killed after %llu us: status=0x%x\n%s\n",
		    kill_source ? "send" : "receive",
		    (unsigned long long)after, survivor->status,
		    survivor->text);
	return safe;
}

static uint64_t
run_whole(bool live)
{
	uint64_t begin;
	char address[64];

	target_start(address, sizeof address, false);
	begin = now_us();
	source_start(address, live);
	side_finish(&source);
	side_finish(&target);
	if (source.status != 0 || target.status != 0) {
		printf("not even undisturbed: send=0x%x receive=0x%x\n%s%s\n",
		    source.status, target.status, source.text, target.text);
		exit(1);
	}
	return now_us() - begin;
}

static void
folder_remove(void)
{
	unlink(source.file);
	unlink(target.file);
	unlink(file_of("a"));
	unlink(file_of("b"));
	rmdir(folder);
}

int
main(void)
{
	const char *kills = getenv("KILLS"), *seed = getenv("SEED");
	int n = kills ? atoi(kills) : 20, k, bad = 0, moved[2] = { 0, 0 };
	uint64_t whole;
	bool to;

	state = seed ? strtoull(seed, NULL, 0) : 1;
	if (mkdtemp(folder) == NULL)
		return 99;
	atexit(folder_remove);
	whole = run_whole(false) + run_whole(true);
	for (k = 0; k < 2 * n; k++) {
		bad += !run_killed(k % 2, next_random() % (whole * 6 / 10),
		    k / 2 % 2, &to);
		moved[k % 2] += to;
	}
	printf("a run takes %llu us; of %d kills of receive, %d came after "
	    "the devices had moved; of %d kills of send, %d\n",
	    (unsigned long long)whole / 2, n, moved[0], n, moved[1]);
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
