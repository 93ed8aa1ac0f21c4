# SPDX-License-Identifier: GPL-2.0
"""Sphinx's configuration for our pages alone, out of a grafted kernel tree.

It has the kernel's own extension for kernel-doc comments, which reads $srctree.
"""

import os
import sys

srctree = os.environ["srctree"]
sys.path.insert(0, os.path.join(srctree, "Documentation/sphinx"))

project = "statsfs"
extensions = ["kerneldoc", "automarkup"]
kerneldoc_srctree = srctree
kerneldoc_verbosity = 1
root_doc = "statsfs-pages"
include_patterns = [
    "statsfs-pages.rst",
    "filesystems/statsfs.rst",
    "filesystems/statsfs-api.rst",
    "filesystems/bufstat.rst",
    "filesystems/kstats.rst",
    "filesystems/cpustat.rst",
]
primary_domain = "c"
# What is no C for Sphinx.
c_id_attributes = ["__percpu"]
highlight_language = "none"

html_theme = "alabaster"
html_sidebars = {"**": ["globaltoc.html", "searchbox.html"]}
html_show_copyright = False

man_pages = [
    ("filesystems/statsfs", "statsfs", "file system for kernel statistics", "", 5),
    ("filesystems/statsfs-api", "statsfs", "statistics of kernel code", "", 9),
]
