/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receive LISTEN CHANNELS IDSTR=PLACE... - load a QEMU source's devices into
 * real ones, with the sandbox around all that the library and the vfio backend
 * do after their start
 *
 * The main stream is read and dropped, so the source must be stopped: then it
 * has no device data.
 */
#include <string.h>
#include <unistd.h>

#include "../../plugins/builtin.h"
#include "intake.h"
#include "report.h"
#include "sandbox.h"
#include "uart.h"

static void
stream_drop(int fd)
{
	static char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		;
	must(n == 0, "main stream");
}

static int
resume(void *migration)
{
	return vfiomig_resume(migration);
}

int
main(int argc, char **argv)
{
	struct intake in = { .stream = stream_drop };
	struct uart *uart[INTAKE_DEVICES];
	char params[32], *place;
	int i;

	must(argc > 3 && argc <= 3 + INTAKE_DEVICES,
	    "usage: receive LISTEN CHANNELS IDSTR=PLACE...");
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	must(sandbox_init() == 0, "no sandbox");
	must(vfiomig_backend_register(vfiomig_backend_v1_vfio_backend()) == 0,
	    "register");
	in.channels = (unsigned int)atoi(argv[2]);
	intake_open(&in);
	for (i = 3; i < argc; i++) {
		place = strchr(argv[i], '=');
		must(place != NULL, "%s: no place", argv[i]);
		*place++ = '\0';
		uart[i - 3] = uart_open(place);
		must(uart[i - 3] != NULL, "%s: no device", place);
		snprintf(params, sizeof params, "fd=%d", uart_fd(uart[i - 3]));
		intake_device(&in, argv[i], "vfio", params);
	}
	intake_run(&in, (unsigned int)atoi(argv[1]));
	must(sandbox_call(resume, in.migration) == 0, "they do not run");
	vfiomig_free(in.migration);
	for (i = 3; i < argc; i++)
		uart_close(uart[i - 3]);
	ok("%d devices of a QEMU source loaded inside the sandbox", argc - 3);
	return 0;
}
