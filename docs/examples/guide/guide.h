/* SPDX-License-Identifier: MIT */
/* The parts of the guide: each is a function that prints what docs/guide.md says it prints. */
#ifndef GUIDE_H
#define GUIDE_H

/* With numbers of their own. */
void show_first(void);
void show_logits(void);
void show_wrong(void);
void show_missing(void);

/* With the six classifiers of docs/examples/digits, which main() has read. */
void show_mean(void);
void show_methods(void);
void show_report(void);
void show_learning(void);
void show_saving(void);
void show_threads(void);
void show_server(void);

#endif
