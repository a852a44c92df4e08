# SPDX-License-Identifier: BSD-3-Clause
# man-errors.awk - the codes under ERRORS are those of the header
#
# Idea: the comment in front of a function (or of several in a row) names its
# codes as -EXXX; a paragraph under ERRORS that begins with .Fn names them as
# .Er, for all functions it begins with.  Each code of the header must be on
# the page; a code of the page must be in the header, unless the comment is
# open ("others", "as vfiomig_x()", "the migration's failure").
#
# usage: awk -f man-errors.awk header.h... page...

function codes_of(text, set,    n)
{
	while (match(text, /-E[A-Z0-9]+/)) {
		n = substr(text, RSTART + 1, RLENGTH - 1)
		set = set " " n
		text = substr(text, RSTART + RLENGTH)
	}
	return set " "
}

function fault(text)
{
	print text > "/dev/stderr"
	bad = 1
}

# ---- the header
FILENAME ~ /\.h$/ && /\/\*/ && !in_comment { comment = ""; in_comment = 1 }
FILENAME ~ /\.h$/ && in_comment {
	comment = comment " " $0
	if (/\*\//)
		in_comment = 0
	next
}
FILENAME ~ /\.h$/ && /^[a-z].*[ *]vfiomig_[a-z_]+\(/ {
	name = $0
	sub(/\(.*/, "", name)
	type = name
	sub(/.*[ *]/, "", name)
	if (type !~ /^(int|ssize_t) /)
		next
	gsub(/said -EAGAIN/, "", comment)	# another call's
	header[name] = codes_of(comment)
	gsub(/[ \t*]+/, " ", comment)
	open[name] = comment ~ /others|\.\.\.|as vfiomig_|as said|failure|backend/ ||
	    header[name] == " "
	next
}
FILENAME ~ /\.h$/ { next }

# ---- the pages
FNR == 1	{ in_errors = 0 }
/^\.Sh /	{ in_errors = ($2 == "ERRORS"); fresh = 1; next }
!in_errors	{ next }
/^\.Pp/		{ fresh = 1; next }
/^\.Fn / && fresh {
	if (fresh == 1)
		group = ""
	group = group " " $2
	fresh = 2		# more may follow: ".Fn a ," "and" ".Fn b"
	next
}
fresh == 2 && $0 == "and" { next }
{ fresh = 0 }
/^\.(It Bq )?Er / {
	code = ($1 == ".Er") ? $2 : $4
	n = split(group, functions, " ")
	for (i = 1; i <= n; i++)
		page[functions[i]] = page[functions[i]] " " code " "
}

END {
	for (name in header) {
		n = split(header[name], codes, " ")
		for (i = 1; i <= n; i++)
			if (index(page[name], " " codes[i] " ") == 0)
				fault(name "(3): ERRORS lacks " codes[i])
	}
	for (name in page) {
		if (!(name in header))
			fault(name ": under ERRORS, but no such function")
		if (open[name])
			continue
		n = split(page[name], codes, " ")
		for (i = 1; i <= n; i++)
			if (index(header[name], " " codes[i] " ") == 0)
				fault(name "(3): the header lacks " codes[i])
	}
	exit bad
}
