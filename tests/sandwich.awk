# SPDX-License-Identifier: GPL-2.0
#
# Compares a number of statsfs with the kernel's own, read before and after it by
# this one process, as every process that comes or goes changes the numbers.
#
#	awk -v ours=FILE -v theirs="FILE[:KEY] ..." -f sandwich.awk
#
# What is in "theirs" is added up: the number that a file is, or the one behind
# KEY in bytes where the file says kB.  Silent if they agree: if ours is theirs
# in a triple of readings where theirs before is theirs after.  Three such triples
# in a row where it is not are a mismatch.

function number(file, key,    line, words, n, i)
{
	while ((getline line <file) > 0) {
		n = split(line, words)
		if (key == "") {
			close(file)
			return words[1]
		}
		for (i = 1; i < n; i++) {
			if (words[i] != key ":" && words[i] != key)
				continue
			close(file)
			return words[i + 1] * (words[i + 2] == "kB" ? 1024 : 1)
		}
	}
	close(file)
	print "no " (key == "" ? "number" : key) " in " file
	exit 1
}

function sum(terms,    term, part, n, i, total)
{
	n = split(terms, term)
	total = 0
	for (i = 1; i <= n; i++) {
		split(term[i], part, ":")
		total += number(part[1], part[2])
	}
	return total
}

BEGIN {
	wrong = 0
	for (tries = 0; tries < 1000 && wrong < 3; tries++) {
		before = sum(theirs)
		mine = number(ours, "")
		after = sum(theirs)
		if (before != after)
			continue
		if (mine == before)
			exit 0
		wrong++
	}
	if (wrong)
		printf "%.0f, the kernel has %.0f\n", mine, before
	else
		print "the kernel's number never stood still"
	exit 1
}
