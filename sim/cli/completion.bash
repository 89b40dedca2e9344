# completion.bash -- completion of faultline and faultline-view; works with and without bash-completion.
# tests/tidy.lua compares its words with the commands, the options and events.def.

_faultline_events="
    RUN_START NOTE PICTURE DEADLOCK PANIC RUN_END EXPECT_HELD EXPECT_FAILED EXPECT_UNCHECKED GO_CREATE
    GO_START GO_STOP GO_BLOCK GO_UNBLOCK GO_END GO_COMPUTE GO_SLEEP TIMER_FIRE PREEMPT_ASK SIGNAL
    SIGNAL_IN_C LOCK_THREAD UNLOCK_THREAD TIMER_FUNC TIMER_SEND NET_WAIT NET_READY RUNQ_NEXT RUNQ_PUT
    RUNQ_SPILL RUNQ_GET GLOBQ_PUT GLOBQ_GET RUNQ_STEAL RUNQ_STEAL_NEXT M_NEW M_START M_PARK M_WAKE
    M_RUN M_SPIN M_UNSPIN M_LOCK_PARK M_LOCK_WAKE M_END M_WEDGE M_TEMPLATE M_ASK M_POLL M_POLL_END P_ACQUIRE
    P_RELEASE P_IDLE_PUT P_IDLE_GET P_RETAKE P_SYSCALL P_HANDOFF STW_BEGIN P_STOP P_STOP_OWN
    P_STOP_C STW_STOPPED PROCS P_DRAIN P_KILL P_START P_START_OWN STW_END SYSMON_LOOK
    SYSMON_SEES SYSMON_SPARES SYSMON_POLL SYSMON_GC SYSMON_SLEEP SYSMON_WAKE CGO_ENTER CGO_EXIT_FAST
    CGO_EXIT_P CGO_EXIT_WAIT CGO_WORK ACROSS ACROSS_PART CALLBACK CALLBACK_END C_THREAD C_THREAD_END
    EXTRA_NEW NEEDM NEEDM_WAIT DROPM CTX_NEW CTX_CURRENT CTX_USE CHAN_MAKE CHAN_SEND CHAN_RECV
    CHAN_QUEUE SELECT_QUEUE SELECT CHAN_CLOSE GC_WORKER GC_MARKED OBJ_NEW OBJ_MOVE OBJ_FREE CLEANUP FINALIZER HANDLE PIN UNPIN
    MEM_NEW MEM_FULL MEM_FREE COPY ADDRESS STACK_GROW STACK_MOVE
    DEV_ENQUEUE DEV_ARG DEV_STALE DEV_START DEV_DONE DEV_WAIT DEV_IDLE
    DEV_QUEUE DEV_AFTER DEV_EVENT DEV_SET DEV_WAIT_FOR DEV_CALLBACK DEV_NOTIFY CONTEXT_NEW CONTEXT_CANCEL CONTEXT_USE
    SYNC_NEW SYNC_LOCK SYNC_UNLOCK SYNC_TRY SYNC_SPIN SYNC_QUEUE SYNC_WAKE SYNC_STARVE SYNC_COUNT
    SYNC_SIGNAL SYNC_DONE SYNC_ERROR
    IMPORT M_SEEN P_SEEN G_SEEN G_NUMBER G_NAME G_LABEL AT GO_CREATE_WAITING GO_CREATE_C GO_END_C
    SYSCALL GC_BEGIN GC_END GC_SWEEP GC_SWEEP_END GC_ASSIST GC_ASSIST_END HEAP_LIVE HEAP_GOAL
    TASK_BEGIN TASK_END REGION_BEGIN REGION_END LOG CPU_SAMPLE
"

_faultline_files() { # the files that end in one of these, and folders
    local suffix
    mapfile -t COMPREPLY < <(compgen -d -- "$cur")
    for suffix; do
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*$suffix" -- "$cur")
    done
    compopt -o filenames 2>/dev/null
}

_faultline_scenarios() { # files, and the names of those that came with the program
    _faultline_files .lua
    local program file
    program=$(type -P "${COMP_WORDS[0]}") || return
    for file in "${program%/*}"/../{scenarios,share/faultline/scenarios}/{,museum/}*.lua; do
        file=${file##*/scenarios/} file=${file%.lua}
        [[ $file != *[*.]* && $file == "$cur"* ]] && COMPREPLY+=("$file")
    done
}

_faultline_devices() {
    local IFS=$'\n' name
    for name in auto none staging $("${COMP_WORDS[0]}" devices 2>/dev/null | grep '^[^ ]'); do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
    done
}

_faultline_words() { mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur"); }

_faultline() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local view="--at --theme --span --zoom --lecture --reduced-motion --why --lanes --help"
    COMPREPLY=()
    if [ "$cur" = "=" ]; then cur=; elif [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
    if [[ ${COMP_WORDS[0]} == *faultline-view ]]; then
        command=view
    elif [ "$COMP_CWORD" -eq 1 ]; then
        _faultline_words run test view shot show summary findings why replay hash diff import export devices calibrate --help --version
        return
    fi
    case $command$prev in
    export-a) _faultline_words go html perfetto schedtrace; return ;;
    export-s) _faultline_words talk notes findings story all; return ;;
    export-v) _faultline_words stage heap channels timeline picture; return ;;
    export-T) _faultline_words dark light; return ;;
    export-g | export--go) _faultline_words 1.22 1.23 1.25 1.26; return ;;
    export-e | export--every | export-f | export-t) return ;;
    export-o | export--output) _faultline_files .html .txt .out .pftrace; return ;;
    esac
    case $prev in
    --device | -d) _faultline_devices; return ;;
    --profile | -P) _faultline_files .profile; return ;;
    --event | -e) _faultline_words "$_faultline_events"; return ;;
    --stress | -x) _faultline_words preempt steal slow ties; return ;;
    --time) _faultline_words model measured; return ;;
    --as) _faultline_words go html perfetto schedtrace; return ;;
    --steps) _faultline_words talk notes findings story all; return ;;
    --theme) _faultline_words dark light; return ;;
    --view) _faultline_words stage heap channels compare timeline picture; return ;;
    --at | -a) _faultline_words end first:P_RETAKE last:P_RETAKE; return ;;
    --out) if [ "$command" = calibrate ]; then _faultline_files .profile; else _faultline_files .trace; fi; return ;;
    --output) _faultline_files .png .svg .pdf .mp4 .webm .html; return ;;
    -o)
        case $command in
        run | import) _faultline_files .trace ;;
        calibrate) _faultline_files .profile ;;
        *) _faultline_files .png .svg .pdf .mp4 .webm ;;
        esac
        return ;;
    --lanes) _faultline_words goroutines m p queue running waiting; return ;;
    --seed | --procs | --set | --from | --to | --every | --fps | --g | --span | --zoom | --size | -s | -p | -S | -f | -g) return ;;
    -t) if [ "$command" = run ]; then _faultline_words model measured; fi; return ;;
    esac
    if [[ $cur == -* ]]; then
        case $command in
        run) _faultline_words --out --seed --procs --stress --set --device --profile --time --narrate --quiet --help ;;
        test) _faultline_words --device --profile --help ;;
        replay) _faultline_words --device --help ;;
        view) _faultline_words --follow --shot --deck --steps --from --to --every --fps --output --view --size "$view" ;;
        shot) _faultline_words --output --view --size --from --to --every --fps "$view" ;;
        show) _faultline_words --from --to --g --event --words --help ;;
        calibrate) _faultline_words --out --device --quick --help ;;
        summary | findings) _faultline_words --json --help ;;
        import) _faultline_words --out --quiet --help ;;
        export) _faultline_words --as --output --steps --view --theme --from --to --go --every --detail --help ;;
        why) _faultline_words --at --help ;;
        *) _faultline_words --help ;;
        esac
        return
    fi
    case $command in
    run | test) _faultline_scenarios ;;
    view) _faultline_files .trace .lua ;;
    import) _faultline_files .trace .out ;;
    why) if [ "$COMP_CWORD" -eq 2 ]; then _faultline_files .trace; elif [ "$COMP_CWORD" -eq 3 ]; then _faultline_words chan obj; fi ;;
    shot | show | summary | findings | replay | hash | diff | export) _faultline_files .trace ;;
    esac
}

complete -F _faultline faultline faultline-view
