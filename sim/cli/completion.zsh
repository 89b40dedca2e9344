#compdef faultline faultline-view
# completion.zsh -- completion of faultline and faultline-view.
# tests/tidy.lua compares its words with the commands, the options and events.def.

_faultline_events() {
    local -a events=(
        RUN_START NOTE PICTURE DEADLOCK PANIC RUN_END EXPECT_HELD EXPECT_FAILED EXPECT_UNCHECKED GO_CREATE
        GO_START GO_STOP GO_BLOCK GO_UNBLOCK GO_END GO_COMPUTE GO_SLEEP TIMER_FIRE PREEMPT_ASK
        SIGNAL SIGNAL_IN_C LOCK_THREAD UNLOCK_THREAD TIMER_FUNC TIMER_SEND NET_WAIT NET_READY RUNQ_NEXT
        RUNQ_PUT RUNQ_SPILL RUNQ_GET GLOBQ_PUT GLOBQ_GET RUNQ_STEAL RUNQ_STEAL_NEXT M_NEW M_START
        M_PARK M_WAKE M_RUN M_SPIN M_UNSPIN M_LOCK_PARK M_LOCK_WAKE M_END M_WEDGE M_TEMPLATE M_ASK M_POLL
        M_POLL_END P_ACQUIRE P_RELEASE P_IDLE_PUT P_IDLE_GET P_RETAKE P_SYSCALL P_HANDOFF STW_BEGIN
        P_STOP P_STOP_OWN P_STOP_C STW_STOPPED PROCS P_DRAIN P_KILL P_START P_START_OWN STW_END
        SYSMON_LOOK SYSMON_SEES SYSMON_SPARES SYSMON_POLL SYSMON_GC SYSMON_SLEEP SYSMON_WAKE
        CGO_ENTER CGO_EXIT_FAST CGO_EXIT_P CGO_EXIT_WAIT CGO_WORK ACROSS ACROSS_PART CALLBACK
        CALLBACK_END C_THREAD C_THREAD_END EXTRA_NEW NEEDM NEEDM_WAIT DROPM CTX_NEW CTX_CURRENT
        CTX_USE CHAN_MAKE CHAN_SEND CHAN_RECV CHAN_QUEUE SELECT_QUEUE SELECT CHAN_CLOSE GC_WORKER GC_MARKED OBJ_NEW OBJ_MOVE
        OBJ_FREE DEV_STALE CLEANUP FINALIZER HANDLE PIN UNPIN MEM_NEW MEM_FULL MEM_FREE COPY ADDRESS STACK_GROW STACK_MOVE DEV_ENQUEUE
        DEV_ARG DEV_START DEV_DONE DEV_WAIT DEV_IDLE DEV_QUEUE DEV_AFTER DEV_EVENT DEV_SET DEV_WAIT_FOR DEV_CALLBACK DEV_NOTIFY
        CONTEXT_NEW CONTEXT_CANCEL CONTEXT_USE
        SYNC_NEW SYNC_LOCK SYNC_UNLOCK SYNC_TRY SYNC_SPIN SYNC_QUEUE SYNC_WAKE SYNC_STARVE SYNC_COUNT
        SYNC_SIGNAL SYNC_DONE SYNC_ERROR IMPORT M_SEEN P_SEEN G_SEEN G_NUMBER G_NAME
        G_LABEL AT GO_CREATE_WAITING GO_CREATE_C GO_END_C SYSCALL GC_BEGIN GC_END GC_SWEEP
        GC_SWEEP_END GC_ASSIST GC_ASSIST_END HEAP_LIVE HEAP_GOAL TASK_BEGIN TASK_END REGION_BEGIN
        REGION_END LOG CPU_SAMPLE
    )
    _describe event events
}

_faultline_devices() {
    local -a devices=(auto none staging ${(f)"$(${words[1]} devices 2>/dev/null | grep '^[^ ]')"})
    compadd -a devices
}

_faultline_moments() { compadd end first:P_RETAKE last:P_RETAKE }

_faultline_scenarios() {
    local program=${commands[${words[1]:t}]:-${words[1]}} folder
    local -a names rooms
    setopt local_options extended_glob
    for folder in ${program:h}/../scenarios ${program:h}/../share/faultline/scenarios; do
        names+=($folder/*.lua~*.d.lua(N:t:r))
        rooms=($folder/museum/*.lua(N:t:r)) names+=(museum/$^rooms)
    done
    compadd -a names
    _files -g '*.lua'
}

_faultline_command() {
    local -a view=(
        '--at[the moment to begin at]:moment:_faultline_moments'
        '--theme[the colours]:theme:(dark light)'
        '--span[how much time the timeline shows]:time:'
        '--zoom[size of everything]:factor 0.8 to 1.5:'
        '--lecture[larger, without the panel]'
        '--reduced-motion[nothing is seen to move]'
        '--why[select it, and say why it is as it is]:g7, p1, m3, c0 or o0:'
        '--lanes[in the timeline only lanes like this]:worker, m, queue, g7 or waiting:'
    )
    local -a shot=(
        '--view[what to draw]:view:(stage heap channels compare timeline picture)'
        '--size[in pixels]:width x height:'
        '(-o --output)'{-o,--output}'[the picture]:picture:_files -g "*.(png|svg|pdf|mp4|webm)"'
        '--every[many pictures, so far apart]:time:'
        '--fps[of a film]:number:'
        '--from[from this time]:time:'
        '--to[up to this time]:time:'
    )
    local -a device=('(-d --device)'{-d,--device}'[where kernels run]:device:_faultline_devices')
    local -a profile=('(-P --profile)'{-P,--profile}'[measured costs]:profile:_files -g "*.profile"')
    local trace=':trace:_files -g "*.trace"'
    case $1 in
    run)
        _arguments $device $profile \
            '(-o --out)'{-o,--out}'[write the trace]:trace:_files -g "*.trace"' \
            '(-s --seed)'{-s,--seed}'[seed of every choice]:number:' \
            '(-p --procs)'{-p,--procs}'[GOMAXPROCS]:number:' \
            '(-x --stress)'{-x,--stress}'[unkind but legal]:modes:(preempt steal slow ties)' \
            '*'{-S,--set}'[overrule a knob]:knob=value:' \
            '(-t --time)'{-t,--time}'[device times]:time:(model measured)' \
            '(-n --narrate)'{-n,--narrate}'[tell the story]' \
            '(-q --quiet)'{-q,--quiet}'[print nothing but errors]' \
            '--help[say more]' ':scenario:_faultline_scenarios' ;;
    test) _arguments $device $profile '--help[say more]' '*:scenario or folder:_faultline_scenarios' ;;
    view) _arguments $view $shot '--follow[stay at the end]' '--shot[no window: one picture]' \
        '--deck[no window: a talk]' '--steps[which slides]:which:(talk notes findings story all)' \
        '--help[say more]' \
        ':trace or scenario:_files -g "*.(trace|lua)"' ;;
    shot) _arguments $view $shot '--help[say more]' $trace ;;
    show)
        _arguments '(-f --from)'{-f,--from}'[from this time]:time:' \
            '(-t --to)'{-t,--to}'[to this time]:time:' \
            '(-g --g)'{-g,--g}'[only this goroutine]:number:' \
            '(-e --event)'{-e,--event}'[only events of this name]:event:_faultline_events' \
            '(-w --words)'{-w,--words}'[say what happened and why]' \
            '--help[say more]' $trace ;;
    summary | findings) _arguments '(-j --json)'{-j,--json}'[one JSON object]' '--help[say more]' $trace ;;
    why)
        _arguments '(-a --at)'{-a,--at}'[the moment]:moment:_faultline_moments' '--help[say more]' $trace \
            ':g7, p1, m3, chan or obj:(chan obj)' '::name:' ;;
    replay) _arguments $device '--help[say more]' $trace ;;
    import)
        _arguments '(-o --out)'{-o,--out}'[write the trace]:trace:_files -g "*.trace"' \
            '(-q --quiet)'{-q,--quiet}'[print nothing but errors]' '--help[say more]' ':Go trace:_files' ;;
    export)
        _arguments '(-a --as)'{-a,--as}'[the form]:form:(go html perfetto schedtrace)' \
            '(-g --go)'{-g,--go}'[for tools of this Go]:version:(1.22 1.23 1.25 1.26)' \
            '(-o --output)'{-o,--output}'[the file]:file:_files' \
            '(-s --steps)'{-s,--steps}'[which slides]:which:(talk notes findings story all)' \
            '(-v --view)'{-v,--view}'[one view for all slides]:view:(stage heap channels timeline picture)' \
            '(-T --theme)'{-T,--theme}'[the colours]:theme:(dark light)' \
            '(-f --from)'{-f,--from}'[from this time]:time:' \
            '(-t --to)'{-t,--to}'[to this time]:time:' \
            '(-e --every)'{-e,--every}'[from one line to the next]:time:' \
            '(-D --detail)'{-D,--detail}'[each P, M and G]' \
            '--help[say more]' $trace ;;
    diff) _arguments '--help[say more]' $trace ':other trace:_files -g "*.trace"' ;;
    hash) _arguments '--help[say more]' $trace ;;
    devices) _arguments '--help[say more]' ;;
    calibrate)
        _arguments $device \
            '(-o --out)'{-o,--out}'[write the costs]:profile:_files -g "*.profile"' \
            '(-q --quick)'{-q,--quick}'[few samples, to see that it works]' \
            '--help[say more]' ;;
    esac
}

_faultline() {
    if [[ ${words[1]:t} == faultline-view ]]; then
        _faultline_command view
        return
    fi
    if (( CURRENT == 2 )); then
        local -a commands_of_faultline=(
            'run:run a scenario, tell its story, judge its expectations'
            'test:run scenarios as tests'
            'view:open the window'
            'shot:one moment as a picture'
            'show:list events, one line each'
            'summary:figures of a run'
            'findings:what went wrong'
            'why:the chain of causes of a state'
            'replay:run again what a trace holds, and compare'
            'diff:what differs between two runs'
            'import:a trace of a real Go program, as one of ours'
            'export:in the form of another tool'
            'hash:SHA-256 of what is deterministic in a trace'
            'devices:the OpenCL devices'
            'calibrate:measure what things cost here'
            '--help:list the commands'
            '--version:which version'
        )
        _describe command commands_of_faultline
        return
    fi
    local command=${words[2]} program=${words[1]}
    shift words
    words[1]=$program
    (( CURRENT-- ))
    _faultline_command $command
}

_faultline "$@"
