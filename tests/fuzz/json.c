/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json.c - the JSON text of a vfio-user server: one number is found in it, or
 * it is refused; a number that is found stands in the text, and a text that
 * was cut off is not taken for a whole one
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "plugins/vfio-user/json.h"

static bool
stands_in(const uint8_t *data, size_t size, uint64_t number)
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof digits, "%llu",
	    (unsigned long long)number), k;

	for (k = 0; k + n <= size; k++)
		if (memcmp(data + k, digits, n) == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size != 0 ? size : 1);
	uint64_t number = 77, cut;
	size_t end = size;
	int r;

	if (size != 0)
		memcpy(text, data, size);
	r = user_json_number(text, size, "capabilities",
	    "max_data_xfer_size", &number);
	ORACLE(r == 0 || r == 1 || r == -EBADMSG);
	ORACLE(r != 1 || stands_in(data, size, number));
	while (end > 0 && strchr(" \t\r\n", data[end - 1]) != NULL)
		end--;
	if (r >= 0) {	/* without its last brace it is no object */
		ORACLE(end > 1 && data[end - 1] == '}');
		ORACLE(user_json_number(text, end - 1, "capabilities",
		    "max_data_xfer_size", &cut) == -EBADMSG);
	}
	free(text);
	return 0;
}
