# faultline -- `make`, `make demo`, `make test`, `make bench`; `make help` lists the rest.
#
# The object lists are the table of contents; the two link lines below are the architecture: the window
# (faultline-view) is linked without runtime, memory, device or script, and can only know what a trace says.

MODE   ?= release# release, debug, asan
ifeq ($(origin CC),default)
CC      = gcc
endif
PREFIX ?= /usr/local
VERSION = 0.1

BUILD_release = build
BUILD_debug   = build/debug
BUILD_asan    = build/asan
BUILD         = $(BUILD_$(MODE))
OBJ           = $(BUILD)/obj

BASE   = base cstack diag bytes idmap intern own pool prng scratch team units
EVENT  = event model model_chan model_sync model_import place stream pump watch text trace_write trace_read stretch
LENS   = narrate narrate_memory narrate_sync narrate_import summary flow why trail findings findings_memory findings_context \
         findings_pressure findings_stuck partners schedtrace diff align \
         perfetto perfetto_packet \
         gotrace_batch gotrace_write gotrace_write_import gotrace_import $(READER)
READER = gotrace gotrace_generation gotrace_table gotrace_decode gotrace_order gotrace_read# of Go's traces
MEM    = heap shape space room large keep post mark sweep evacuate foreign
DEV    = dev native ocl ocl_memory none signature slice buildlog
RT     = agenda cost version profile world thread sched gqueue sema timer sysmon cgo callback lock \
         stw gc gc_work gc_device memory stack net context across waitq chan select sync sync_mutex sync_rwmutex \
         sync_waitgroup sync_once sync_cond sync_weighted sync_pthread cancel exec launch queue driver
SCRIPT = script strand sandbox word meter liveness roots doors lib pattern prelude args error \
         bind_go bind_chan bind_select bind_heap bind_pinner bind_cleanup bind_finalizer bind_handle bind_cl bind_picture \
         bind_memory bind_queue bind_stack bind_c bind_time bind_across bind_context bind_sync bind_errgroup \
         bind_atomic expect
CALIBRATE = samples fit program mechanism probe device gobench
CLI    = main runner again paths cmd_run cmd_replay cmd_show cmd_summary cmd_findings cmd_diff cmd_export cmd_import \
         cmd_why cmd_test cmd_devices print_flow cmd_calibrate cmd_view
VIEW   = main sdl desk keys motion shot show player predict find knobs rerun feed lanes lives flows steps past story \
         frame layout_frame layout_stage layout_memory layout_heap layout_timeline layout_filter layout_channels \
         layout_contexts layout_compare versus pipeline view view_compare view_knobs view_stage view_heap view_pins \
         view_timeline view_ruler view_scrub view_lives view_flows view_band view_channels view_occupancy view_contexts \
         view_select view_panel view_picture view_bars view_tokens stage_ps stage_side stage_c stage_device token fault \
         lua_ink theme draw draw_cairo selection menu blame view_menu view_span view_blame view_veil film save slides \
         deck deck_style html svg view_save view_end view_evidence library front view_front keep settings bookmarks \
         marks pixels

SIM    = $(BASE:%=sim/base/%) $(EVENT:%=sim/event/%) $(LENS:%=sim/lens/%) $(MEM:%=sim/mem/%) $(DEV:%=sim/dev/%) \
         $(RT:%=sim/rt/%) $(SCRIPT:%=sim/script/%) $(CALIBRATE:%=sim/calibrate/%)
TRACES = $(BASE:%=sim/base/%) $(EVENT:%=sim/event/%) $(LENS:%=sim/lens/%)# all that the window may know

TESTS  = main check tidy_test program imported scenario audit invariant messages contexts $(TESTS_BASE:%=base/%_test) \
         $(TESTS_EVENT:%=event/%_test) $(TESTS_LENS:%=lens/%_test) lens/perfetto_reader \
         $(TESTS_MEM:%=mem/%_test) $(TESTS_DEV:%=dev/%_test) dev/driver dev/shim $(TESTS_RT:%=rt/%_test) \
         $(TESTS_SCRIPT:%=script/%_test) script/attempt \
         calibrate/fit_test \
         $(TESTS_CLI:%=cli/%_test) cli/command $(TESTS_VIEW:%=visualizer/%_test) \
         visualizer/sample visualizer/at_desk visualizer/contrast visualizer/browser $(TWINS:%=twins/%) twins/twins_test
TWINS  = facts twin
TESTS_BASE   = base
TESTS_EVENT  = trace model
TESTS_LENS   = narrate summary flow why findings scenarios perfetto gotrace gotrace_read gotrace_bytes import again align
TESTS_MEM    = heap heap_random heap_threads foreign
TESTS_DEV    = slice buildlog signature device fault
TESTS_RT     = sched rules stw gc queue lock sync callback wait random memory_random version profile
TESTS_SCRIPT = sandbox budget order value chan_table select error \
               knob kernel rule sync pthread memory queue timer context moved strand liveness forget roots objects
TESTS_CLI    = output same cut wrong golden picture export findings diff calibrate service
TESTS_VIEW   = draw layout box odd channels player desk lesson lives front keep motion compare picture heap window deck film

objects = $(patsubst %,$(OBJ)/%.o,$(1))

SIM_LIBS  = lua5.4 OpenCL libmd libxxhash libcjson
VIEW_LIBS = sdl2 cairo pangocairo libmd libxxhash
WARN      = -Wall -Wextra -Wpedantic -Wconversion -Werror
FLAGS_release = -O2 -g $(if $(findstring gcc,$(CC)),-flto=auto)
FLAGS_debug   = -O0 -g
FLAGS_asan    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS ?= $(FLAGS_$(MODE))
ALL_CFLAGS  = -pthread -std=c11 -D_GNU_SOURCE -DFAULTLINE_VERSION='"$(VERSION)"' $(WARN) $(CFLAGS)
# one by one: a library that is missing (CUnit, for who does not test) must not hide the others' flags
LIB_CFLAGS := $(shell for m in $(SIM_LIBS) $(VIEW_LIBS) cunit; do pkg-config --cflags $$m; done 2>/dev/null | sed 's/-I/-isystem /g')

# Lua from its archive, where there is one: calls from us and inside of Lua then need no detour (10 of 230 ns of
# a ping-pong's round trip)
LUA_ARCHIVE := $(wildcard $(shell pkg-config --variable=libdir lua5.4 2>/dev/null)/liblua5.4.a)
libs = $(patsubst -llua5.4,$(or $(LUA_ARCHIVE),-llua5.4),$(shell pkg-config --libs $(1)))

.PHONY: all demo test check ci stress fuzz bench twins deps clean install uninstall run view tidy help
all: $(BUILD)/faultline $(BUILD)/faultline-view

$(BUILD)/faultline: $(call objects,$(SIM) $(CLI:%=sim/cli/%))
	$(CC) $(CFLAGS) $^ -o $@ $(call libs,$(SIM_LIBS)) -lm
$(BUILD)/faultline-view: $(call objects,$(TRACES) $(VIEW:%=visualizer/%))
	$(CC) $(CFLAGS) $^ -o $@ $(shell pkg-config --libs $(VIEW_LIBS)) -lm
$(BUILD)/tests: $(call objects,$(SIM) $(filter-out visualizer/main,$(VIEW:%=visualizer/%)) $(TESTS:%=tests/%))
	$(CC) $(CFLAGS) $^ -o $@ $(call libs,$(SIM_LIBS) $(VIEW_LIBS) cunit) -lm
$(BUILD)/twins: $(call objects,$(TRACES) tests/twins/main $(TWINS:%=tests/twins/%) tests/check tests/cli/command tests/dev/driver)
	$(CC) $(CFLAGS) $^ -o $@ $(call libs,$(VIEW_LIBS) cunit) -lm
$(BUILD)/bench: $(call objects,$(SIM) $(filter-out visualizer/main,$(VIEW:%=visualizer/%)) tests/bench/bench tests/bench/window)
	$(CC) $(CFLAGS) $^ -o $@ $(call libs,$(SIM_LIBS) $(VIEW_LIBS)) -lm

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LIB_CFLAGS) -MMD -MP -c $< -o $@
-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)

deps: ## install what is missing (Debian), or say what is
	@.ci/deps $(DEPS)

demo: deps ## run the story of 18.2.2, write its trace and a picture, open the window
	@$(MAKE) --no-print-directory -s -j2 all
	@$(BUILD)/faultline run --narrate --out $(BUILD)/demo.trace scenarios/18_2_2_blocking.lua
	@$(BUILD)/faultline shot $(BUILD)/demo.trace --at $(MOMENT) -o $(BUILD)/demo.png && echo "picture: $(BUILD)/demo.png"
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(BUILD)/faultline view $(BUILD)/demo.trace --at $(MOMENT); \
	 else echo "no display here; where there is one: $(BUILD)/faultline view $(BUILD)/demo.trace"; fi
MOMENT = first:P_RETAKE

test: DEPS = test
test: deps ## everything that must hold; ends with "N passed, N failed, N skipped"
	@$(MAKE) --no-print-directory -s -j2 all $(BUILD)/tests
	@$(MAKE) --no-print-directory -s check
# The leak checker guesses where the thread-local memory of libraries lies that were loaded late, and follows the
# guess; the kernels that pocl loads lead it into nowhere ("Tracer caught signal 11"). So it shall not look there.
check:
	@FAULTLINE=$(BUILD)/faultline LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp \
	 ASAN_OPTIONS=intercept_tls_get_addr=0 $(BUILD)/tests
ci: ## what a new machine must be able to do: tests, sanitizers, a second compiler
	@.ci/run
tidy: ## rules of the house: layers, banned calls, file heads, links of the notes
	@lua5.4 tests/tidy.lua
stress: all $(BUILD)/tests ## long hunts: random programs against the audit (STRESS=number)
	STRESS=$(or $(STRESS),20000) $(BUILD)/tests rt_random
# what is new is put beside the corpus, in build/fuzz; a finding stands there as crash-..., and says how to repeat it
FUZZ       ?= gotrace_read# or gotrace_import
FUZZED_gotrace_read   = $(BASE:%=sim/base/%) $(READER:%=sim/lens/%)
FUZZED_gotrace_import = $(TRACES) tests/imported
FUZZ_FLAGS = -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
fuzz: ## any bytes as a Go trace, under clang's libFuzzer (FUZZ=gotrace_import FUZZ_SECONDS=60)
	@mkdir -p build/fuzz/corpus
	clang -std=c11 -D_GNU_SOURCE $(WARN) $(FUZZ_FLAGS) $(patsubst %,%.c,$(FUZZED_$(FUZZ)) tests/fuzz/$(FUZZ)) \
	      -lmd -lxxhash -o build/fuzz/$(FUZZ)
	cd build/fuzz && ./$(FUZZ) -max_total_time=$(or $(FUZZ_SECONDS),60) -rss_limit_mb=1024 -timeout=10 -max_len=8192 \
	      -use_value_profile=1 -print_final_stats=1 corpus ../../tests/fuzz/corpus ../../tests/traces/go/synthetic
bench: $(BUILD)/bench all ## the figures, side by side in one run
	@$(BUILD)/bench
twins: $(BUILD)/twins all ## real Go programs beside their scenarios: the table of book-notes/twins.md
	@$(BUILD)/faultline calibrate --device none -o $(BUILD)/twins.profile >/dev/null
	@$(BUILD)/twins --runs 10 --profile $(BUILD)/twins.profile >$(BUILD)/twins.md; s=$$?; \
	 [ $$s -gt 1 ] || mv $(BUILD)/twins.md book-notes/twins.md; exit $$s
run: all ## make run S=scenario
	@$(BUILD)/faultline run --narrate $(S)
view: all ## make view S=scenario
	@$(BUILD)/faultline view $(S)

SHARE = $(DESTDIR)$(PREFIX)/share
install: all ## PREFIX=/usr/local DESTDIR=
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/faultline/scenarios/museum $(SHARE)/faultline/opencl_kernels \
	        $(SHARE)/faultline/calibrate $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions
	install $(BUILD)/faultline $(BUILD)/faultline-view $(DESTDIR)$(PREFIX)/bin
	install -m 644 scenarios/*.lua $(SHARE)/faultline/scenarios
	install -m 644 scenarios/museum/*.lua $(SHARE)/faultline/scenarios/museum
	install -m 644 opencl_kernels/*.cl $(SHARE)/faultline/opencl_kernels
	install -m 644 sim/calibrate/bench.go $(SHARE)/faultline/calibrate
	install -m 644 sim/cli/faultline.1 $(SHARE)/man/man1
	install -m 644 sim/cli/completion.bash $(SHARE)/bash-completion/completions/faultline
	install -m 644 sim/cli/completion.zsh $(SHARE)/zsh/site-functions/_faultline
	ln -sf faultline.1 $(SHARE)/man/man1/faultline-view.1
	ln -sf faultline $(SHARE)/bash-completion/completions/faultline-view
uninstall:
	rm -rf $(SHARE)/faultline $(SHARE)/man/man1/faultline.1 $(SHARE)/man/man1/faultline-view.1 \
	       $(SHARE)/bash-completion/completions/faultline $(SHARE)/bash-completion/completions/faultline-view \
	       $(SHARE)/zsh/site-functions/_faultline $(DESTDIR)$(PREFIX)/bin/faultline $(DESTDIR)$(PREFIX)/bin/faultline-view
clean:
	rm -rf build
help:
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile
