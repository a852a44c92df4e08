/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pool.c - a receiving VMM that lends threads of its migration pool
 *
 *	cc pool.c -pthread $(pkg-config --cflags --libs libvfiomig) -o pool
 *	./pool BACKEND NAME PARAMS CONNECTION...
 *
 * Idea: each connection is a job, and so is each device.  Blocking calls need
 * a worker for each job; with fewer, use the nonblocking forms (epoll.c).
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
#include <vfiomig/vfiomig.h>

#define MAX 257

struct job {
	int (*run)(struct job *job);
	struct vfiomig *mig;
	struct vfiomig_device *device;	/* for drain */
	const char *path;		/* for receive */
};

struct pool {
	struct job jobs[MAX];
	int count;
	_Atomic int next;
	_Atomic int failed;
};

static int
receive(struct job *job)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config,
		.fd = open(job->path, O_RDONLY),
	};
	struct vfiomig_channel *channel;
	int r;

	r = vfiomig_channel_open(job->mig, &config, &channel);
	if (r == 0) {
		r = vfiomig_channel_run(channel);
		vfiomig_channel_close(channel);
	}
	if (config.fd >= 0)
		close(config.fd);
	return r;
}

static int
drain(struct job *job)
{
	return vfiomig_buffer_drain(job->device);
}

static void *
worker(void *arg)
{
	struct pool *pool = arg;
	int i;

	while ((i = pool->next++) < pool->count)
		if (pool->jobs[i].run(&pool->jobs[i]) < 0)
			pool->failed = 1;
	return NULL;
}

/* Run all jobs, with every signal blocked; 0 when none failed. */
static int
pool_run(struct pool *pool)
{
	pthread_t threads[MAX];
	sigset_t all, old;
	int i, started;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	for (started = 0; started < pool->count; started++)
		if (pthread_create(&threads[started], NULL, worker, pool) != 0)
			break;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (started < pool->count) {	/* too few would wait for each other */
		vfiomig_cancel(pool->jobs[0].mig);
		pool->failed = 1;
	}
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	return pool->failed;
}

int
main(int argc, char **argv)
{
	struct vfiomig_config config = {
		.size = sizeof config, .channels = argc - 4 };
	struct vfiomig_device_config device_config = {
		.size = sizeof device_config, .idstr = "0000:00:01.0/vfio" };
	static struct pool pool;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	char why[256] = "";
	int i, r;

	if (argc < 5)
		return 2;
	device_config.backend = argv[2];
	device_config.params = argv[3];
	if (vfiomig_backend_load(argv[1], NULL, 0) < 0 ||
	    vfiomig_new(&mig, VFIOMIG_INCOMING, &config) < 0 ||
	    vfiomig_device_add(mig, &device_config, &device) < 0)
		return 2;
	pool.jobs[pool.count++] = (struct job){ drain, mig, device, NULL };
	for (i = 4; i < argc; i++)
		pool.jobs[pool.count++] =
		    (struct job){ receive, mig, NULL, argv[i] };
	r = pool_run(&pool);
	if (r == 0)
		r = vfiomig_resume(mig);
	vfiomig_failure(mig, why, sizeof why);
	printf("%s%s\n", r == 0 ? "the device runs" : "failed: ", why);
	vfiomig_free(mig);
	return r != 0;
}
