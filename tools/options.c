/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * options.c - the options of vfiomig(1); see options.h
 *
 * Idea: a table with an option a line: its name, its argument's, who parses
 * it, where it goes, the range of a number, and words for --help.  Options and
 * operands may come in any order; operands are moved to argv's front.  "--name
 * value" and "--name=value" are the same, and after "--" there are none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "options.h"
#include "plugins/params.h"

struct option {
	const char *name;
	const char *argument;	/* NULL: it has none */
	const char *(*parse)(void *target, const char *value);
	size_t offset;		/* of the target in struct options */
	uint64_t min, max;	/* of a number; max 0: no number */
	const char *help;
};

/* ---- parsers: NULL, or what they had expected ---- */

static const char *
text_parse(void *target, const char *value)
{
	*(const char **)target = value;
	return value[0] == '\0' ? "something" : NULL;
}

static const char *
true_parse(void *target, const char *value)
{
	(void)value;
	*(bool *)target = true;
	return NULL;
}

/* Seconds, perhaps with a point and three digits, into milliseconds. */
static const char *
seconds_parse(void *target, const char *value)
{
	static const char expected[] = "seconds, as 30 or 0.5";
	uint64_t n = 0;
	int after = -1;

	if (value[0] == '\0' || strlen(value) > 12)
		return expected;
	for (; *value != '\0'; value++) {
		if (*value == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (*value < '0' || *value > '9' || after == 3)
			return expected;
		n = n * 10 + (uint64_t)(*value - '0');
		after += after >= 0;
	}
	for (after = after < 0 ? 0 : after; after < 3; after++)
		n *= 10;
	*(uint64_t *)target = n;
	return n > 86400000 ? "a day at most" : NULL;
}

static const char *
stats_parse(void *target, const char *value)
{
	struct stats_option *stats = target;

	stats->file = NULL;
	if (strcmp(value, "json") == 0) {
		stats->kind = STATS_JSON;
	} else if (strcmp(value, "svg") == 0) {
		stats->kind = STATS_SVG;
	} else if (strncmp(value, "svg:", 4) == 0 && value[4] != '\0') {
		stats->kind = STATS_SVG;
		stats->file = value + 4;
	} else {
		return "json, svg or svg:FILE";
	}
	return NULL;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits) % 16;
}

static const char *
uuid_parse(void *target, const char *value)
{
	struct uuid *uuid = target;
	size_t n = 0;
	int digit;

	memset(uuid, 0, sizeof *uuid);
	for (; *value != '\0'; value++) {
		if (*value == '-' && n % 2 == 0)
			continue;
		digit = hex_digit(*value);
		if (digit < 0 || n == 32)
			break;
		uuid->byte[n / 2] = (uint8_t)(uuid->byte[n / 2] << 4 | digit);
		n++;
	}
	uuid->given = n == 32 && *value == '\0';
	return uuid->given ? NULL : "32 hexadecimal digits, perhaps with -";
}

static const char *
precopy_parse(void *target, const char *value)
{
	static const char expected[] =
	    "IDSTR=HEX, an even number of hexadecimal digits";
	struct precopy_list *list = target;
	struct precopy *item = &list->item[list->count];
	size_t size = strcspn(value, "="), k;
	const char *hex = value + size + 1;
	int high, low;

	if (list->count == PRECOPY_MAX)
		return "at most 64 of them";
	if (size == 0 || size >= sizeof item->idstr || value[size] == '\0' ||
	    strlen(hex) % 2 != 0)
		return expected;
	memcpy(item->idstr, value, size);
	item->size = strlen(hex) / 2;
	item->data = malloc(item->size + 1);
	if (item->data == NULL)
		return "less of it: no memory";
	list->count++;
	for (k = 0; k < item->size; k++) {
		high = hex_digit(hex[2 * k]);
		low = hex_digit(hex[2 * k + 1]);
		if (high < 0 || low < 0)
			return expected;
		item->data[k] = (uint8_t)(high << 4 | low);
	}
	return NULL;
}

static const char *
plugin_parse(void *target, const char *value)
{
	struct plugin_list *list = target;

	if (list->count == PLUGINS_MAX)
		return "at most 16 of them";
	list->path[list->count++] = value;
	return NULL;
}

/* ---- the table ---- */

#define AT(field) offsetof(struct options, field)
#define NUMBER(field, min, max) param_number, AT(field), min, max
#define OTHER(parse, field) parse, AT(field), 0, 0

static const struct option table[] = {
	{ "device", "DEVICE", OTHER(device_parse, device),
	  "IDSTR[#INSTANCE]=BACKEND[:PARAMS], once for each" },
	{ "precopy", "IDSTR=HEX", OTHER(precopy_parse, precopy),
	  "data that goes to the device ahead of the packets" },
	{ "connect", "ADDRESS", OTHER(address_parse, connect),
	  "where the other side listens" },
	{ "listen", "ADDRESS", OTHER(address_parse, listen),
	  "where to wait for the other side" },
	{ "file", "FILE", OTHER(text_parse, file), "the snapshot" },
	{ "channels", "N", NUMBER(channels, 1, 256), "connections" },
	{ "devices", "N", NUMBER(devices, 1, DEVICES_MAX),
	  "simulated devices" },
	{ "size", "BYTES", NUMBER(size, 0, UINT64_C(1) << 40),
	  "their state, each; 64M without it" },
	{ "budget", "BYTES", NUMBER(budget, 1, UINT64_C(1) << 40),
	  "memory for payload at most; 64M without it" },
	{ "packet-max", "BYTES", NUMBER(packet_max, 1, 256 << 20),
	  "data in a packet at most; 1M without it" },
	{ "window", "N", NUMBER(window, 1, 65536),
	  "packets that a device may be ahead; 1024 without it" },
	{ "stall-timeout", "SECONDS", OTHER(seconds_parse, stall_timeout),
	  "fail when nothing moves for so long; 60, 0 is never" },
	{ "page-size", "BYTES", NUMBER(page_size, 1024, 65536),
	  "a page of the guest; 4096 without it" },
	{ "uuid", "UUID", OTHER(uuid_parse, uuid),
	  "of the VM, sent or compared" },
	{ "jitter", "USECS", NUMBER(jitter, 0, 1000000),
	  "the longest pause before a packet" },
	{ "live", NULL, OTHER(true_parse, live),
	  "send what can go before the device stops first" },
	{ "resume", NULL, OTHER(true_parse, resume),
	  "let the devices run when all of them are loaded" },
	{ "one-way", NULL, OTHER(true_parse, one_way),
	  "the other side says nothing and is told nothing" },
	{ "stats", "KIND", OTHER(stats_parse, stats),
	  "json, svg or svg:FILE in place of the table" },
	{ "trace", "FILE", OTHER(text_parse, trace),
	  "write every event as Chrome trace JSON" },
	{ "shuffle", "SEED", NUMBER(shuffle, 1, UINT64_MAX),
	  "read the files in another order and other pieces" },
	{ "svg", "FILE", OTHER(text_parse, svg),
	  "draw a picture of the channels" },
	{ "json", NULL, OTHER(true_parse, json), "for machines" },
	{ "plugin", "PATH", OTHER(plugin_parse, plugin),
	  "a backend from a shared object" },
	{ "quiet", NULL, OTHER(true_parse, quiet), "no progress" },
	{ "verbose", NULL, OTHER(true_parse, verbose),
	  "say what the library logs" },
};

enum { OPTIONS = sizeof table / sizeof *table };

/* True when @name, @size bytes of it, is in the list of words @list. */
static bool
list_has(const char *list, const char *name, size_t size)
{
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, " ");

		if (n == size && memcmp(list, name, size) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

static void
usage_print(const struct usage *usage)
{
	size_t k, n;
	char left[48];

	printf("usage: vfiomig %s", usage->command);
	for (k = 0; k < OPTIONS; k++) {
		n = strlen(table[k].name);
		if (list_has(usage->required, table[k].name, n))
			printf(" --%s %s", table[k].name, table[k].argument);
	}
	printf(" [options]%s%s%s\n\n%s\n\n", usage->operand ? " " : "",
	    usage->operand ? usage->operand : "",
	    usage->operand ? "..." : "", usage->about);
	for (k = 0; k < OPTIONS; k++) {
		n = strlen(table[k].name);
		if (!list_has(usage->options, table[k].name, n))
			continue;
		snprintf(left, sizeof left, "--%s %s", table[k].name,
		    table[k].argument ? table[k].argument : "");
		printf("  %-24s %s\n", left, table[k].help);
	}
	printf("\nBytes may end in K, M, G or T.  The manual: vfiomig(1)\n");
}

static bool
wrong(const struct usage *usage, int *status)
{
	fprintf(stderr, "try: vfiomig %s --help\n", usage->command);
	*status = EXIT_USAGE;
	return false;
}

/* One option, with @value after '=', or NULL. */
static bool
option_take(struct options *o, const struct option *option, const char *value)
{
	const char *why;
	uint64_t number;
	void *target = (char *)o + option->offset;

	why = option->parse(target, value);
	if (why != NULL) {
		complain("--%s: expected %s: \"%s\"", option->name, why,
		    value);
		return false;
	}
	if (option->max == 0)
		return true;
	number = *(uint64_t *)target;
	if (number >= option->min && number <= option->max)
		return true;
	complain("--%s: expected %llu to %llu: \"%s\"", option->name,
	    (unsigned long long)option->min,
	    (unsigned long long)option->max, value);
	return false;
}

/* The table's line for "--name" or "--name=...", or NULL, said. */
static const struct option *
option_find(const struct usage *usage, const char *arg, size_t size)
{
	size_t k;

	for (k = 0; k < OPTIONS; k++)
		if (strlen(table[k].name) == size &&
		    memcmp(table[k].name, arg, size) == 0)
			break;
	if (k == OPTIONS)
		complain("unknown option: \"--%.*s\"", (int)size, arg);
	else if (!list_has(usage->options, arg, size))
		complain("not an option of this command: \"--%.*s\"",
		    (int)size, arg);
	else
		return &table[k];
	return NULL;
}

/* Read argv[*@at] and, where it takes one, its argument. */
static bool
option_read(struct options *o, const struct usage *usage, int argc,
    char **argv, int *at, uint64_t *seen)
{
	const char *name = argv[*at] + 2, *value;
	size_t size = strcspn(name, "=");
	const struct option *option = option_find(usage, name, size);

	if (option == NULL)
		return false;
	value = name[size] == '=' ? name + size + 1 : NULL;
	if (option->argument == NULL && value != NULL) {
		complain("--%s takes no argument: \"%s\"", option->name,
		    value);
		return false;
	}
	if (option->argument != NULL && value == NULL) {
		if (*at + 1 == argc) {
			complain("--%s needs an argument: %s", option->name,
			    option->argument);
			return false;
		}
		value = argv[++*at];
	}
	*seen |= UINT64_C(1) << (option - table);
	return option_take(o, option, value);
}

/* Everything that must be there is there, and nothing that must not. */
static bool
options_complete(const struct options *o, const struct usage *usage,
    uint64_t seen)
{
	size_t k;

	for (k = 0; k < OPTIONS; k++) {
		if (!(seen >> k & 1) && list_has(usage->required,
		    table[k].name, strlen(table[k].name))) {
			complain("--%s %s is missing", table[k].name,
			    table[k].argument);
			return false;
		}
	}
	if (usage->operand == NULL && o->operands != 0) {
		complain("too much on the line: \"%s\"", o->operand[0]);
		return false;
	}
	if (usage->operand != NULL && o->operands == 0) {
		complain("%s is missing", usage->operand);
		return false;
	}
	return true;
}

bool
options_read(struct options *o, const struct usage *usage, int argc,
    char **argv, int *status)
{
	bool only_operands = false;
	uint64_t seen = 0;
	int k;

	_Static_assert(OPTIONS <= 64, "seen has a bit for each");
	memset(o, 0, sizeof *o);
	o->size = 64 << 20;
	o->page_size = 4096;
	o->jitter = UINT64_MAX;
	o->stall_timeout = 60000;
	o->operand = argv + 1;
	for (k = 1; k < argc; k++) {
		if (only_operands || strncmp(argv[k], "--", 2) != 0) {
			o->operand[o->operands++] = argv[k];
		} else if (argv[k][2] == '\0') {
			only_operands = true;
		} else if (strcmp(argv[k], "--help") == 0) {
			usage_print(usage);
			*status = EXIT_DONE;
			return false;
		} else if (!option_read(o, usage, argc, argv, &k, &seen)) {
			return wrong(usage, status);
		}
	}
	if (!options_complete(o, usage, seen))
		return wrong(usage, status);
	return true;
}

void
options_free(struct options *o)
{
	while (o->precopy.count > 0)
		free(o->precopy.item[--o->precopy.count].data);
}
