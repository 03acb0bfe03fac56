/* SPDX-License-Identifier: MIT */
/*
 * Networks of comparisons that bring the middle values of n to their places: X(i, j) for each step, after which value i
 * is the lesser of the two and value j the greater one. For odd n they are those of Devillard (1998, after Paeth,
 * 1990), for even n sorting networks (Knuth, 1998, section 5.3.4). tests/kernels tries each on all sequences of zeros
 * and ones, which proves it (section 5.3.4, theorem Z).
 */
#ifndef ENS_KERNELS_NETWORKS_H
#define ENS_KERNELS_NETWORKS_H

#define ENS_NETWORK_1(X)
#define ENS_NETWORK_2(X) X(0, 1)
#define ENS_NETWORK_3(X) X(0, 1) X(1, 2) X(0, 1)
#define ENS_NETWORK_4(X) X(0, 2) X(1, 3) X(0, 1) X(2, 3) X(1, 2)
#define ENS_NETWORK_5(X) X(0, 1) X(3, 4) X(0, 3) X(1, 4) X(1, 2) X(2, 3) X(1, 2)
#define ENS_NETWORK_6(X)                                                                                             \
    X(0, 5) X(1, 3) X(2, 4) X(1, 2) X(3, 4) X(0, 3) X(2, 5) X(0, 1) X(2, 3) X(4, 5) X(1, 2) X(3, 4)
#define ENS_NETWORK_7(X)                                                                                             \
    X(0, 5) X(0, 3) X(1, 6) X(2, 4) X(0, 1) X(3, 5) X(2, 6) X(2, 3) X(3, 6) X(4, 5) X(1, 4) X(1, 3) X(3, 4)
#define ENS_NETWORK_8(X)                                                                                             \
    X(0, 2) X(1, 3) X(4, 6) X(5, 7) X(0, 4) X(1, 5) X(2, 6) X(3, 7) X(0, 1) X(2, 3)                                  \
    X(4, 5) X(6, 7) X(2, 4) X(3, 5) X(1, 4) X(3, 6) X(1, 2) X(3, 4) X(5, 6)
#define ENS_NETWORK_9(X)                                                                                             \
    X(1, 2) X(4, 5) X(7, 8) X(0, 1) X(3, 4) X(6, 7) X(1, 2) X(4, 5) X(7, 8) X(0, 3)                                  \
    X(5, 8) X(4, 7) X(3, 6) X(1, 4) X(2, 5) X(4, 7) X(4, 2) X(6, 4) X(4, 2)

/* X(n, middle, before): for each n the value of order n / 2, and for even n the one before it. */
#define ENS_NETWORK_LIST(X)                                                                                          \
    X(1, x0, x0) X(2, x1, x0) X(3, x1, x1) X(4, x2, x1) X(5, x2, x2) X(6, x3, x2) X(7, x3, x3) X(8, x4, x3)          \
    X(9, x4, x4)

#endif
