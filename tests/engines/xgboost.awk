# SPDX-License-Identifier: MIT
#
# Reads the table that docs/examples/xgboost prints. What combining with learned weights gains must be there.
/^(deep trees|shallow trees|linear) +[0-9.]+ +[0-9.]+$/ {
    boosters++
    accuracy = $(NF - 1) > accuracy ? $(NF - 1) : accuracy
    loss = boosters == 1 || $NF < loss ? $NF : loss
}
/^learned weights +[0-9.]+ +[0-9.]+$/ {
    learned = 1
    gain = loss - $NF
    better = gain > 0 && $(NF - 1) >= accuracy
}
END {
    if (boosters != 3 || !learned) {
        print "xgboost: the example's table is not what it was"
        exit 1
    }
    printf "xgboost: log loss %.4f, and %.4f less with learned weights\n", loss, gain
    if (!better)
        print "xgboost: learned weights are no better than the best booster by itself"
    exit !better
}
