#include <tree_sitter/api.h>

// Cores before 0.25 overrun their memory on hostile input, and lack limits that count work instead of time.
#if TREE_SITTER_LANGUAGE_VERSION < 15
#error "tree-sitter 0.25 or later is needed: run .ci/install-prerequisites and set PKG_CONFIG_PATH as the Makefile does"
#endif
