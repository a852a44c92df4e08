# SPDX-License-Identifier: BSD-3-Clause
# rust-to-c.awk - turn vmm.rs's declarations into C that the compiler compares
#
# Idea: each #[repr(C)] struct becomes a C struct beside the header's, with an
# assertion on the offset and size of every field; each extern "C" function is
# declared again after the header.
#
# usage: awk -f rust-to-c.awk vmm.rs

# vfiomig_device_config from VfiomigDeviceConfig
function snake(name) {
	while (match(name, /[a-z][A-Z]/))
		name = substr(name, 1, RSTART) "_" \
		    tolower(substr(name, RSTART + 1, 1)) \
		    substr(name, RSTART + 2)
	return tolower(name)
}

function c_type(type) {
	if (type ~ /^\*mut /)
		return c_type(substr(type, 6)) "*"
	if (type ~ /^\*const \*/)
		return c_type(substr(type, 8)) "const *"
	if (type ~ /^\*const /)
		return "const " c_type(substr(type, 8)) "*"
	if (type ~ /^Option</)
		return "void *"
	if (type in known)
		return known[type] " "
	return "struct " snake(type) " "
}

BEGIN {
	known["usize"] = "size_t"
	known["u8"] = "uint8_t"
	known["u32"] = "uint32_t"
	known["u64"] = "uint64_t"
	known["c_int"] = "int"
	known["c_char"] = "char"
	known["c_void"] = "void"
	print "#include <vfiomig/vfiomig.h>"
}

/^struct Vfiomig.*\{$/ {
	name = snake($2)
	print "struct rust_" name " {"
	count = 0
	next
}
name != "" && /^}/ {
	print "};"
	same = "_Static_assert(%s(struct rust_%s%s) == %s(struct %s%s), \"%s\");\n"
	printf same, "sizeof", name, "", "sizeof", name, "", name
	for (i = 0; i < count; i++) {
		printf same, "offsetof", name, ", " fields[i], "offsetof", \
		    name, ", " fields[i], fields[i]
		printf "_Static_assert(sizeof(((struct rust_%s *)0)->%s) == ", \
		    name, fields[i]
		printf "sizeof(((struct %s *)0)->%s), \"%s\");\n", name, \
		    fields[i], fields[i]
	}
	name = ""
	next
}
name != "" {
	field = $1
	sub(/:$/, "", field)
	type = $0
	sub(/^ *[a-z_]*: */, "", type)
	sub(/,$/, "", type)
	print "\t" c_type(type) field ";"
	fields[count++] = field
	next
}

/^    fn vfiomig_/ {
	function_name = $2
	sub(/\(.*/, "", function_name)
	arguments = $0
	sub(/^[^(]*\(/, "", arguments)
	sub(/\).*/, "", arguments)
	type = "void "
	if (match($0, /-> [^;]*/))
		type = c_type(substr($0, RSTART + 3, RLENGTH - 3))
	n = split(arguments, list, /, /)
	line = type function_name "("
	for (i = 1; i <= n; i++) {
		sub(/^[a-z_]*: /, "", list[i])
		argument = c_type(list[i])
		# a C enum is an unsigned int to Rust, and here
		if (function_name == "vfiomig_new" && i == 2)
			argument = "enum vfiomig_direction "
		line = line (i > 1 ? ", " : "") argument
	}
	print line ");"
}
