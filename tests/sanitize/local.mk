# tests/sanitize/local.mk - the tests again, in builds of another kind

EXTRA_DIST += tests/sanitize/sanitize.sh

sanitize_sh = MAKE="$(MAKE)" $(srcdir)/tests/sanitize/sanitize.sh

check-asan:
	@$(sanitize_sh) asan "$(SANITIZE_CC)" \
	    "-fsanitize=address,undefined -fno-sanitize-recover=undefined" \
	    $(srcdir) '*'
check-tsan:
	@$(sanitize_sh) tsan "$(SANITIZE_CC)" "-fsanitize=thread" \
	    $(srcdir) '*' --disable-static
SANITIZE_CC = gcc

check-clang:
	@$(sanitize_sh) clang "$(or $(CLANG),clang)" "" $(srcdir) \
	    'tests/[iu]n*' --enable-werror --disable-static

list-tests:
	@echo $(TESTS)

clean-local: clean-sanitize
clean-sanitize:
	rm -rf sanitize

HELP += "list-tests         names of all tests (1 s)"
HELP += "check-asan         all tests with ASan and UBSan (2 minutes)"
HELP += "check-tsan         all tests with TSan (2 minutes)"
HELP += "check-clang        clang builds it without a warning (a minute)"
CHECK_ALL += check-asan check-tsan check-clang
.PHONY: check-asan check-tsan check-clang list-tests clean-sanitize
