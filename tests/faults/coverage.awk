# SPDX-License-Identifier: BSD-3-Clause
#
# coverage.awk - add up what gcov -b -c -t printed of all objects
#
# listed: a file of lines "path | function | text of the line | reason".

function percent(n, of) {
	return of ? 100 * n / of : 100
}

function trim(s) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

BEGIN {
	while ((getline entry < listed) > 0) {
		if (entry ~ /^#/ || entry == "")
			continue
		if (split(entry, part, " \\| ") != 4) {
			print "not of four parts: " entry
			bad++
			continue
		}
		reason[trim(part[1]) " | " trim(part[2]) " | " trim(part[3])] = 1
	}
}

/^ *-: *0:Source:/ {
	file = $0
	sub(/^.*Source:/, "", file)
	sub(/^.*\/lib\//, "lib/", file)
	sub(/^.*\/plugins\//, "plugins/", file)
	wanted = file ~ /^(lib|plugins)\//
	next
}

/^function / {
	within = $2
	next
}

wanted && /^ *[-0-9#=*]+: *[0-9]+:/ {
	number = $0
	sub(/^[^:]*: */, "", number)
	sub(/:.*/, "", number)
	line = file ":" number
	hits = $1
	sub(/:.*/, "", hits)
	if (hits == "-")
		next
	known[line] = file
	inside[line] = within
	source[line] = $0
	sub(/^[^:]*: *[0-9]+:/, "", source[line])
	if (hits !~ /^[#=]/)
		count[line] += hits + 0
}

wanted && /^branch/ {
	branch = line ":" $2
	branches[branch] = file
	if ($3 == "taken")
		taken[branch] += $4
}

END {
	for (line in known) {
		folder = known[line]
		sub(/\/.*/, "", folder)
		lines[folder]++
		if (count[line] > 0) {
			reached[folder]++
			continue
		}
		key = known[line] " | " inside[line] " | " trim(source[line])
		if (key in reason) {
			used[key] = 1
			continue
		}
		printf "not reached: %s: %s:%s\n", line, inside[line],
		    source[line] | "sort -V"
		bad++
	}
	close("sort -V")
	for (branch in branches) {
		folder = branches[branch]
		sub(/\/.*/, "", folder)
		all[folder]++
		if (taken[branch] > 0)
			gone[folder]++
	}
	for (key in reason)
		if (!(key in used))
			print "listed and reached, or gone: " key
	for (folder in lines) {
		l = percent(reached[folder], lines[folder])
		b = percent(gone[folder], all[folder])
		low = l < 95 || b < 90
		printf "%s: %s: %.1f %% of %d lines, %.1f %% of %d branches\n",
		    low ? "FAIL" : "PASS", folder, l, lines[folder], b,
		    all[folder]
		bad += low
	}
	if (bad)
		print "FAIL: coverage"
	exit bad != 0
}
