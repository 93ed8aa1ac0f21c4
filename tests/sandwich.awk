# SPDX-License-Identifier: GPL-2.0
#
# Compares numbers of statsfs with the kernel's own, read before and after them
# by this one process, as every process that comes or goes changes the numbers.
#
#	awk -v ours=TERM -v theirs="TERM ..." -f sandwich.awk
#	awk -f sandwich.awk <<-END
#		gauge TERM TERM ...
#		counter TERM TERM ...
#	END
#
# The second form makes many comparisons: the first term is ours, the others
# theirs.  The first form is one of gauges.  A term is what can be read as
#
#	[-]FILE[:KEY[+N][@SECTION] | :#FIELD][*FACTOR | %FACTOR]
#
# the number that is in the file, behind KEY, in bytes where the file says kB, the
# Nth after that, or the FIELDth of the first line, where "/" separates as well;
# multiplied, or rounded down to a multiple.  The KEY is looked for after the line
# SECTION, where "_" stands for spaces.  Theirs are added up, or subtracted.
#
# Silent if all agree.  Of gauges, ours is theirs in a triple of readings where
# theirs before is theirs after; of counters, it lies between them.  Ten triples
# in a row where that is not so are a mismatch: what runs now and then, such as a
# kernel thread, may be met by each reading of the kernel's number of running tasks
# and by none of ours.

# The line that KEY is on, or the first, goes to "words".
function look_up(file, key,    section, line, n, i, found, more)
{
	found = more = 0
	section = ""
	if (match(key, /@.*/)) {
		section = substr(key, RSTART + 1)
		key = substr(key, 1, RSTART - 1)
	}
	if (match(key, /\+[0-9]+$/)) {
		more = substr(key, RSTART + 1)
		key = substr(key, 1, RSTART - 1)
	}
	while (!found && (getline line <file) > 0) {
		if (key ~ /^#/)
			gsub("/", " ", line)
		n = split(line, words)
		if (section != "") {
			gsub(/[ \t]+/, "_", line)
			if (line == section)
				section = ""
			continue
		}
		if (key == "") {
			found = 1
		} else if (key ~ /^#/) {
			found = substr(key, 2) + 0
			if (found > n)
				found = 0
			break
		}
		for (i = 1; i < n && !found; i++)
			if (words[i] == key ":" || words[i] == key)
				found = i + 1 + more
	}
	close(file)
	return found
}

# Fetches the number of a term, or fails.
function number(term,    file, key, at, scale, sign, start, i)
{
	sign = 1
	if (term ~ /^-/) {
		sign = -1
		term = substr(term, 2)
	}
	scale = ""
	if (match(term, /[*%][0-9]+$/)) {
		scale = substr(term, RSTART)
		term = substr(term, 1, RSTART - 1)
	}
	# Directories may have colons in their names.
	match(term, /[^\/]*$/)
	start = RSTART
	at = index(substr(term, start), ":")
	file = at ? substr(term, 1, start + at - 2) : term
	key = at ? substr(term, start + at) : ""
	i = look_up(file, key)
	if (!i || words[i] !~ /^-?[0-9]+(\.[0-9]+)?$/) {
		complaint = "no " (key == "" ? "number" : key) " in " file
		return 0
	}
	return sign * scaled(words[i] * (words[i + 1] == "kB" ? 1024 : 1), scale)
}

function scaled(n, scale,    factor)
{
	factor = substr(scale, 2) + 0
	# What has decimals is not exact.
	if (scale ~ /^\*/)
		return sprintf("%.0f", n * factor) + 0
	if (scale ~ /^%/)
		return n - n % factor
	return n
}

function sum(terms,    term, n, i, total)
{
	n = split(terms, term)
	total = 0
	for (i = 1; i <= n; i++)
		total += number(term[i])
	return total
}

# Returns what is wrong, or nothing.
function compare(kind, ours, theirs,    wrong, tries, before, mine, after)
{
	wrong = 0
	complaint = ""
	for (tries = 0; tries < 1000 && wrong < TRIPLES; tries++) {
		before = sum(theirs)
		mine = number(ours)
		after = sum(theirs)
		if (complaint != "")
			return complaint
		if (kind != "counter" && before != after)
			continue
		if (before <= mine && mine <= after)
			return ""
		wrong++
	}
	if (!wrong)
		return "the kernel's number never stood still"
	if (before == after)
		return sprintf("%.0f, the kernel has %.0f", mine, before)
	return sprintf("%.0f, the kernel has %.0f and then %.0f", mine, before,
		       after)
}

BEGIN {
	TRIPLES = 10
	failed = 0
	if (ours != "") {
		complaint = compare("gauge", ours, theirs)
		if (complaint != "") {
			print complaint
			exit 1
		}
		exit 0
	}
	while ((getline line) > 0) {
		n = split(line, part)
		theirs = ""
		for (i = 3; i <= n; i++)
			theirs = theirs " " part[i]
		complaint = compare(part[1], part[2], theirs)
		if (complaint != "") {
			print part[2] ": " complaint
			failed = 1
		}
	}
	exit failed
}
