/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outgoing_calls_say_what_is_wrong.c - each code that the header lists at a
 * call of the outgoing half is provoked
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { SIZE = 600000 };

static uint8_t data[SIZE];
static struct tape tape[1];
static enum tape_call failing;
static ssize_t failing_with;

static ssize_t
fail_one(struct tape *t, enum tape_call call)
{
	(void)t;
	return call == failing ? failing_with : 0;
}

struct source {
	struct vfiomig *mig;
	struct vfiomig_device *device;
	struct vfiomig_channel *channel[2];
};

static void
source_open(struct source *source, enum vfiomig_direction direction,
    struct vfiomig_device_config dc)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 2, .budget = 2 << 17, .packet_max = 128 << 10 };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	int k;

	dc.size = sizeof dc;
	dc.idstr = "dev";
	dc.backend = "tape";
	dc.params = "0";
	tape[0] = (struct tape){ .data = data, .size = SIZE,
	    .initial = 1000, .can = tape[0].can };
	tape_register(tape, 1);
	ck_assert_int_eq(vfiomig_new(&source->mig, direction, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(source->mig, &dc,
	    &source->device), 0);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_channel_open(source->mig, &cc,
		    &source->channel[k]), 0);
}

static const struct vfiomig_device_config plain, nonblock = {
	.flags = VFIOMIG_DEVICE_NONBLOCK
};

/* From now on this call of the device's fails. */
static void
let_fail(enum tape_call call, ssize_t with)
{
	failing = call;
	failing_with = with;
	tape[0].hook = fail_one;
}

static int
take(struct source *source, int k)
{
	struct vfiomig_packet packet = { .size = sizeof packet };

	return vfiomig_packet_take(source->channel[k], &packet);
}

START_TEST(an_incoming_migration_refuses_all)
{
	struct source s;
	char c;

	source_open(&s, VFIOMIG_INCOMING, plain);
	ck_assert_int_eq(vfiomig_precopy(s.mig), -EINVAL);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), -EINVAL);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), -EINVAL);
	ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_state_save(s.device, &c, 1), -EINVAL);
	ck_assert_int_eq(take(&s, 0), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_release(s.channel[0]), -EINVAL);
	vfiomig_free(s.mig);
}
END_TEST

START_TEST(an_outgoing_migration_refuses_the_other_half)
{
	struct source s;
	char c[20] = { 0 };
	void *p;

	source_open(&s, VFIOMIG_OUTGOING, plain);
	ck_assert_int_eq(vfiomig_buffer_drain(s.device), -EINVAL);
	ck_assert_int_eq(vfiomig_state_load(s.device, c, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_submit(s.channel[0], s.device, c, 12),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_packet_reserve(s.channel[0], s.device, c, 1,
	    &p), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_commit(s.channel[0]), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_abandon(s.channel[0]), -EINVAL);
	vfiomig_free(s.mig);
}
END_TEST

START_TEST(arguments_are_checked)
{
	struct vfiomig_packet packet = { .size = sizeof packet - 1 };
	struct vfiomig_pending pending = { .size = sizeof pending - 1 };
	struct source s;

	source_open(&s, VFIOMIG_OUTGOING, plain);
	ck_assert_int_eq(vfiomig_precopy(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_quiesce(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_resume(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_recover(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_buffer_fill(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_buffer_prefill(NULL, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_state_save(NULL, &s, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_state_save(s.device, NULL, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_pending(NULL, &pending), -EINVAL);
	ck_assert_int_eq(vfiomig_pending(s.device, NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_pending(s.device, &pending), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_take(NULL, &packet), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_take(s.channel[0], NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_take(s.channel[0], &packet), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_release(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_release(s.channel[0]), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_run(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_run(s.channel[0]), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_close(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_event_fd(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_device_event_fd(s.device), -EINVAL);
	vfiomig_free(s.mig);
}
END_TEST

START_TEST(a_call_out_of_its_phase_is_busy)
{
	struct source s;
	char c[100];

	source_open(&s, VFIOMIG_OUTGOING, nonblock);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), -EBUSY);
	ck_assert_int_eq(vfiomig_state_save(s.device, c, 1), -EBUSY);
	ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 1), -EBUSY);
	ck_assert_int_eq(vfiomig_precopy(s.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), -EBUSY);
	ck_assert_int_eq(vfiomig_state_save(s.device, c, 100), 100);
	ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 100), 100);
	/* the stream goes on in packets */
	ck_assert_int_eq(vfiomig_state_save(s.device, c, 100), -EBUSY);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), 0);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), -EBUSY);
	ck_assert_int_eq(vfiomig_precopy(s.mig), -EBUSY);
	ck_assert_int_eq(vfiomig_state_save(s.device, c, 1), -EBUSY);
	ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 1), -EBUSY);
	ck_assert_int_eq(vfiomig_recover(s.mig), -EBUSY);
	vfiomig_free(s.mig);
}
END_TEST

START_TEST(a_channel_has_one_packet_at_a_time)
{
	struct vfiomig_channel *more;
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1 };
	struct source s;
	int r;

	source_open(&s, VFIOMIG_OUTGOING, nonblock);
	ck_assert_int_eq(vfiomig_channel_open(s.mig, &cc, &more), -EBUSY);
	cc.id = 256;
	ck_assert_int_eq(vfiomig_channel_open(s.mig, &cc, &more), -EINVAL);
	ck_assert_int_eq(take(&s, 0), -EAGAIN);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), -EAGAIN);
	ck_assert_int_eq(take(&s, 0), 0);
	ck_assert_int_eq(take(&s, 0), -EBUSY);
	ck_assert_int_eq(vfiomig_packet_release(s.channel[0]), 0);
	ck_assert_int_eq(vfiomig_packet_release(s.channel[0]), -EINVAL);
	while ((r = vfiomig_buffer_fill(s.device)) == -EAGAIN)
		while (take(&s, 0) == 0)
			vfiomig_packet_release(s.channel[0]);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), 0);
	while ((r = take(&s, 0)) == 0)
		vfiomig_packet_release(s.channel[0]);
	ck_assert_int_eq(r, -ENODATA);
	ck_assert_int_eq(take(&s, 1), -ENODATA);
	ck_assert_int_eq(vfiomig_channel_close(s.channel[0]), 0);
	ck_assert_int_eq(take(&s, 0), -EBUSY);
	vfiomig_free(s.mig);
}
END_TEST

/* ---- what comes from the device and the callback ---- */

/* What fails, the code it fails with, and the migration's then. */
static const struct {
	enum tape_call call;
	ssize_t with;
	int code;
} device_fault[] = {
	{ TAPE_SET_STATE, -EIO, -EIO },
	{ TAPE_READ, -ENXIO, -ENXIO },
	{ TAPE_READ, -ENOMSG, -ENOMSG },	/* not in STOP_COPY */
	{ TAPE_READ, (128 << 10) + 1, -EIO },	/* more than asked for */
	{ TAPE_CONFIG_SAVE, -ENOSPC, -ENOSPC },
	{ TAPE_CONFIG_SAVE, (128 << 10) + 1, -EMSGSIZE },
	/* these would mean something else */
	{ TAPE_READ, -EAGAIN, -EIO },
	{ TAPE_CONFIG_SAVE, -ENODATA, -EIO },
	{ TAPE_SET_STATE, -EOPNOTSUPP, -EIO },
};

START_TEST(what_the_device_fails_with_is_passed_on)
{
	const int code = device_fault[_i].code;
	struct source s;
	char text[200];

	source_open(&s, VFIOMIG_OUTGOING, nonblock);
	tape[0].size = 100;
	ck_assert_int_eq(vfiomig_quiesce(s.mig), 0);
	let_fail(device_fault[_i].call, device_fault[_i].with);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), code);
	ck_assert_int_eq(vfiomig_failure(s.mig, text, sizeof text), code);
	ck_assert_ptr_nonnull(strstr(text, "\"dev\""));
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), code);
	ck_assert_int_eq(take(&s, 0), code);
	ck_assert_int_eq(vfiomig_resume(s.mig), code);
	ck_assert_int_eq(vfiomig_channel_close(s.channel[0]), code);
	tape[0].hook = NULL;
	ck_assert_int_eq(vfiomig_recover(s.mig), 0);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(tape[0].resets, 0);
	vfiomig_free(s.mig);
}
END_TEST

START_TEST(a_state_refused_fails_the_migration)
{
	struct source s;

	source_open(&s, VFIOMIG_OUTGOING, plain);
	let_fail(TAPE_SET_STATE, -EIO);
	ck_assert_int_eq(_i ? vfiomig_precopy(s.mig) :
	    vfiomig_quiesce(s.mig), -EIO);
	ck_assert_int_eq(vfiomig_precopy(s.mig), -EIO);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), -EIO);
	ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 1), -EIO);
	vfiomig_free(s.mig);
	ck_assert_int_eq(tape[0].resets, 0);	/* it never left RUNNING */
}
END_TEST

START_TEST(precopy_passes_errors_on)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct source s;
	char c;

	source_open(&s, VFIOMIG_OUTGOING, plain);
	ck_assert_int_eq(vfiomig_precopy(s.mig), 0);
	let_fail(TAPE_PENDING, -ENXIO);
	ck_assert_int_eq(vfiomig_pending(s.device, &pending), -ENXIO);
	ck_assert_int_eq(vfiomig_failure(s.mig, NULL, 0), 0);
	let_fail(TAPE_READ, -ENXIO);
	if (_i)
		ck_assert_int_eq(vfiomig_state_save(s.device, &c, 1), -ENXIO);
	else
		ck_assert_int_eq(vfiomig_buffer_prefill(s.device, 1), -ENXIO);
	ck_assert_int_eq(vfiomig_failure(s.mig, NULL, 0), -ENXIO);
	vfiomig_free(s.mig);
}
END_TEST

static ssize_t
config_callback(void *opaque, void *to, size_t size)
{
	(void)to;
	(void)size;
	return *(ssize_t *)opaque;
}

START_TEST(what_the_callback_fails_with_is_passed_on)
{
	ssize_t result = _i == 0 ? -EPERM : (128 << 10) + 1;
	struct vfiomig_device_config dc = { .opaque = &result,
	    .config_save = config_callback };
	struct source s;

	source_open(&s, VFIOMIG_OUTGOING, dc);
	tape[0].size = 10;
	ck_assert_int_eq(vfiomig_quiesce(s.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(s.device),
	    _i == 0 ? -EPERM : -EMSGSIZE);
	vfiomig_free(s.mig);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_RUNNING);
}
END_TEST

/* ---- two at once ---- */

static sem_t inside, leave;

static ssize_t
stay_inside(struct tape *t, enum tape_call call)
{
	if (call == TAPE_READ && t->reads == 0) {
		sem_post(&inside);
		while (sem_wait(&leave) != 0)
			;
	}
	return 0;
}

static void *
fill_run(void *device)
{
	return (void *)(intptr_t)vfiomig_buffer_fill(device);
}

START_TEST(a_second_call_on_a_device_is_busy)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct source s;
	pthread_t thread;
	uint64_t page = 4096;
	void *result;

	sem_init(&inside, 0, 0);
	sem_init(&leave, 0, 0);
	source_open(&s, VFIOMIG_OUTGOING, plain);
	ck_assert_int_eq(vfiomig_quiesce(s.mig), 0);
	tape[0].hook = stay_inside;
	pthread_create(&thread, NULL, fill_run, s.device);
	while (sem_wait(&inside) != 0)
		;
	ck_assert_int_eq(vfiomig_buffer_fill(s.device), -EBUSY);
	ck_assert_int_eq(vfiomig_pending(s.device, &pending), -EBUSY);
	ck_assert_int_eq(vfiomig_dirty_start(s.device,
	    &(struct vfiomig_range){ 0, 4096 }, 1, &page), -EOPNOTSUPP);
	vfiomig_cancel(s.mig);
	/* the device is in somebody's hands, so it is not touched */
	ck_assert_int_eq(vfiomig_recover(s.mig), -EBUSY);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_STOP_COPY);
	sem_post(&leave);
	pthread_join(thread, &result);
	ck_assert_int_eq((int)(intptr_t)result, -ECANCELED);
	ck_assert_int_eq(vfiomig_recover(s.mig), 0);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_RUNNING);
	vfiomig_free(s.mig);
}
END_TEST

/* ---- transports ---- */

static ssize_t transport_result;

static ssize_t
transport(void *opaque, const struct iovec *iov, int count)
{
	(void)opaque;
	(void)iov;
	(void)count;
	return transport_result;
}

/* What the caller's writev returns, and what becomes of it. */
static const struct {
	ssize_t result;
	int code;
} transport_fault[] = {
	{ -EPIPE, -EPIPE }, { -ECONNRESET, -ECONNRESET }, { 0, -EIO },
	{ 65, -EIO },		/* more than there was */
	{ -ENODATA, -EIO },
};

START_TEST(what_the_transport_fails_with_is_passed_on)
{
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .writev = transport, .id = 3 };
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev", .backend = "tape", .params = "0" };
	struct source s;
	char text[200];

	tape_register(tape, 1);
	ck_assert_int_eq(vfiomig_new(&s.mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_channel_open(s.mig, &cc, &s.channel[0]),
	    -EBUSY);		/* no device yet */
	ck_assert_int_eq(vfiomig_device_add(s.mig, &dc, &s.device), 0);
	cc.writev = NULL;
	cc.fd = 1 << 20;
	ck_assert_int_eq(vfiomig_channel_open(s.mig, &cc, &s.channel[0]),
	    -EBADF);
	cc.writev = transport;
	ck_assert_int_eq(vfiomig_channel_open(s.mig, &cc, &s.channel[0]), 0);
	transport_result = transport_fault[_i].result;
	ck_assert_int_eq(vfiomig_channel_run(s.channel[0]),
	    transport_fault[_i].code);
	ck_assert_int_eq(vfiomig_failure(s.mig, text, sizeof text),
	    transport_fault[_i].code);
	ck_assert_ptr_nonnull(strstr(text, "id=3"));
	vfiomig_free(s.mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("codes");

	tcase_add_test(tests, an_incoming_migration_refuses_all);
	tcase_add_test(tests, an_outgoing_migration_refuses_the_other_half);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, a_call_out_of_its_phase_is_busy);
	tcase_add_test(tests, a_channel_has_one_packet_at_a_time);
	tcase_add_loop_test(tests, what_the_device_fails_with_is_passed_on, 0,
	    sizeof device_fault / sizeof device_fault[0]);
	tcase_add_loop_test(tests, a_state_refused_fails_the_migration, 0, 2);
	tcase_add_loop_test(tests, precopy_passes_errors_on, 0, 2);
	tcase_add_loop_test(tests, what_the_callback_fails_with_is_passed_on,
	    0, 2);
	tcase_add_test(tests, a_second_call_on_a_device_is_busy);
	tcase_add_loop_test(tests, what_the_transport_fails_with_is_passed_on,
	    0, sizeof transport_fault / sizeof transport_fault[0]);
	return suite_run("codes", tests);
}
