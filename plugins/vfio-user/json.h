/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json.h - one number out of a JSON text that is not trusted
 */
#ifndef PLUGINS_VFIO_USER_JSON_H
#define PLUGINS_VFIO_USER_JSON_H

#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 16 };

/*
 * Find the unsigned integer that @object.@key stands for: the value of @key
 * in the object that is the value of @object in the outermost object.  Keys
 * are compared as they are written, without their escapes.  The whole text is
 * checked.  Reads @size bytes at most, once; allocates nothing, does not
 * recurse.
 *
 * 1          found, in *@number
 * 0          the text is sound and has no such number
 * -EBADMSG   it is no JSON object, is nested deeper than JSON_DEPTH_MAX, has
 *            the key twice, or its value is not an integer of 64 bits
 */
int user_json_number(const char *text, size_t size, const char *object,
    const char *key, uint64_t *number);

#endif
