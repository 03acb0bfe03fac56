# SPDX-License-Identifier: MIT
#
# Rscript make_text.R > pride.txt
#
# The first volume of "Pride and Prejudice" without its headings, from Debian's package r-cran-janeaustenr.
book <- janeaustenr::prideprejudice
first <- grep("^It is a truth universally", book)
end <- grep("^Chapter 24", book)
volume <- book[first:(end - 1)]
volume <- volume[!grepl("^Chapter", volume)]
last <- max(which(volume != ""))
writeLines(volume[1:last])
