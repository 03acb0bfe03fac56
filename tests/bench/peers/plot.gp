# SPDX-License-Identifier: MIT
#
# Two pictures from the CSV file of bench-peers:
#
#     gnuplot -e "csv='peers.csv'; to='docs'" tests/bench/peers/plot.gp
#
# peers.svg: the time for an element of the result over its length, the library and others. line.svg: how much of the
# library's time reading the inputs alone takes. Set type and models for other cells: f32 and 8 if not set.
if (!exists("csv")) csv = "peers.csv"
if (!exists("to")) to = "."
if (!exists("type")) type = "f32"
if (!exists("models")) models = 8

set terminal svg size 800,500 font "sans-serif,13" background "white"
set logscale x 10
set format x "10^{%T}"
set grid
set key outside right
set xlabel "elements of the result"

# A picture's name in the directory "to", where its second line says the licence; the first one is XML's own.
with_licence(name) = sprintf("| awk '{ print } NR == 1 { print \"<!-- SPDX-\" \"License-Identifier: MIT -->\" }' > '%s/%s.svg'", \
    to, name)

# Length and nanoseconds for an element, of one contender.
times(name) = sprintf("< awk -F, '$1 == \"sum\" && $2 == \"%s\" && $3 == %d && $4 == 1 && $6 == \"%s\" \
    { print $5, $7 / $5 }' %s", type, models, name, csv)

# Length, and the fastest line over the library, for a number of models.
shares(n) = sprintf("< awk -F, '$1 == \"sum\" && $2 == \"%s\" && $3 == %d && $4 == 1 { \
    if ($6 ~ /^line/ && (!($5 in line) || $7 < line[$5])) line[$5] = $7; \
    if ($6 == \"ensemble\") print $5, line[$5] / $7 }' %s", type, n, csv)

set output with_licence("peers")
set title sprintf("Weighted sum of %d models, %s, one thread", models, type)
set ylabel "ns for an element"
set logscale y 10
others = "gcc-fixed clang-fours gcc-loop eigen-gemv openblas-gemv blis-gemv onednn-sum numpy-dot torch-mv"
plot times("ensemble") with linespoints linewidth 3 linecolor "black" pointtype 7 title "libensemble", \
    for [name in others] times(name) with linespoints title name

set output with_licence("line")
set title sprintf("Reading the inputs alone, over the library: %s, one thread", type)
set ylabel "share of the library's time"
unset logscale y
set yrange [0:*]
plot for [n in "2 3 5 8 16 64"] shares(n + 0) with linespoints title n." models"
