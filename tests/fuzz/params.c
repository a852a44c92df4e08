/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * params.c - the parameters of the shipped backends, through vfiomig_device_add
 *
 * Oracle: a text that is no "key=value,key=value" by the few lines below, has
 * a key twice, or one that the backend does not know, is -EINVAL; what is
 * refused by the parser was said in the log; nothing is left open.
 *
 * Input: backend and direction in the first byte, then the text.  No slash
 * gets through, so that files are made in a folder of TMPDIR only; who set
 * TMPDIR removes it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "fuzz.h"
#include "plugins/builtin.h"
#include "plugins/sim/sim.h"

enum { TEXT_MAX = 20000 };

static const struct {
	const char *name;
	const struct vfiomig_backend *(*entry)(void);
	const char *keys;	/* each with a space behind it */
} backends[] = {
	{ "null", vfiomig_backend_v1_null_backend, " " },
	{ "file", vfiomig_backend_v1_file_backend, "path fd config sync " },
	{ "sim", vfiomig_backend_v1_sim_backend,
	    "size seed verify flags logging bandwidth latency write_latency "
	    "read_latency chunk config_size config_latency initial dirty "
	    "dirty_rate reinit enomsg tag fail_after counted "
	    "write_zero_after read_zero_after block_after release "
	    "eintr_every refuse_stop fail_state fail_open fail_query "
	    "fail_get fail_reset fail_config fail_pending fail_dirty " },
	{ "vfio", vfiomig_backend_v1_vfio_backend,
	    "fd group device cdev reset precopy p2p info2 datasize dirty "
	    "iommufd hwpt check cap hold " },
};

static unsigned int errors;

static void
count_errors(void *opaque, enum vfiomig_log_level level, const char *line)
{
	(void)opaque;
	ORACLE(strlen(line) < 1024);
	errors += level == VFIOMIG_LOG_ERROR;
}

/* The end of the pair at @text, which begins with a key. */
static const char *
pair_end(const char *text)
{
	const char *s = text + strcspn(text, "=,");

	if (*s != '=')
		return s;
	while (*s != '\0' && (*s != ',' || s[1] == ','))
		s += *s == ',' ? 2 : 1;
	return s;
}

/* Are these pairs, of known keys, none of them twice? */
static bool
pairs_good(const char *text, const char *keys)
{
	unsigned long long seen = 0;
	const char *key, *known;
	size_t length, k;

	while (*text != '\0') {
		length = strcspn(text, "=,");
		for (k = 0, known = keys; *known != '\0'; k++) {
			key = known;
			known += strcspn(known, " ") + 1;
			if ((size_t)(known - key) == length + 1 &&
			    memcmp(key, text, length) == 0)
				break;
			key = NULL;
		}
		if (length == 0 || *keys == ' ' || key == NULL ||
		    seen & 1ull << k)
			return false;
		seen |= 1ull << k;
		text = pair_end(text);
		text += *text == ',';
	}
	return true;
}

static unsigned int
fds_count(void)
{
	unsigned int n = 0;
	DIR *dir = opendir("/proc/self/fd");

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* The sim remembers tagged devices; a million of them are too many. */
static void
tags_forget(const char *text)
{
	char tag[SIM_TAG_MAX + 1];
	const char *s = text;
	size_t n;

	while ((s = strstr(s, "tag=")) != NULL) {
		s += 4;
		for (n = 0; n < SIM_TAG_MAX && s < pair_end(s - 4); n++, s++) {
			tag[n] = *s;
			s += *s == ',';
		}
		tag[n] = '\0';
		(void)sim_forget(tag);
	}
	(void)sim_forget("1");
}

static void
folder_enter(void)
{
	static char folder[64];
	const char *tmp = getenv("TMPDIR");

	if (folder[0] != '\0')
		return;
	snprintf(folder, sizeof folder, "%.40s/vfiomigXXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ORACLE(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TEXT_MAX + 1];
	uint8_t which = size > 0 ? data[0] : 0;
	enum vfiomig_direction direction = which & 0x80 ? VFIOMIG_OUTGOING :
	    VFIOMIG_INCOMING;
	struct vfiomig_config config = {
		.size = sizeof config, .channels = 1, .budget = 128 << 10,
		.packet_max = 4096, .log = count_errors
	};
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = "vfio", .params = text
	};
	struct vfiomig_device *device;
	unsigned int fds, k = which % 4;
	struct vfiomig *mig;
	size_t n;
	int r;

	folder_enter();
	n = size < TEXT_MAX ? size : TEXT_MAX;
	if (n > 0)
		memcpy(text, data + 1, --n);
	text[n] = '\0';
	while (strchr(text, '/') != NULL)
		*strchr(text, '/') = '_';
	fds = fds_count();
	errors = 0;
	dc.backend = backends[k].name;
	ORACLE(vfiomig_backend_register(backends[k].entry()) == 0);
	ORACLE(vfiomig_new(&mig, direction, &config) == 0);
	r = vfiomig_device_add(mig, &dc, &device);
	ORACLE(r <= 0);
	ORACLE(r == 0 || errors > 0 || r == -ENOMEM);
	ORACLE(r == -EINVAL || pairs_good(text, backends[k].keys));
	vfiomig_free(mig);
	tags_forget(text);
	ORACLE(fds_count() == fds);
	return 0;
}
