---@meta faultline
-- What a scenario can say, for editors: completion, types and these texts, by the Lua language server
-- (https://luals.github.io). It finds this file by itself when the folder is opened; it is never run.
--
-- Besides what stands here a scenario has Lua 5.4 with string, table, math and utf8, closed where it would
-- not be the same on every machine: a name that is not available says what to use instead.

---A length of virtual time with its unit: "250ns", "25us", "1.5ms", "2s", "1m".
---@alias duration string

-- ---- the scenario ----

---@class ScenarioFields
---@field title string     What the class reads.
---@field book? string     Chapter and section: "18.2.2".
---@field go? "1.20"|"1.22"|"1.22.5"|"1.23"|"1.24"|"1.25"|"1.26"|"1.27"  The version of Go whose rules hold.
---@field procs? integer   GOMAXPROCS; 1 if not said. `--procs N` overrules it.
---@field seed? integer    Decides every draw; 1 if not said. `--seed N` overrules it.
---@field limit? duration  Virtual time at which the run is stopped; "10s" if not said.
---@field events? integer   Number of events after which the run is stopped; 100 million if not said.
---@field stress? string   Unkind but legal: words out of "preempt steal slow ties". `--stress` overrules it.
---@field godebug? string   "asyncpreemptoff=1", "cgocheck=0", or both with a comma. asyncpreemptoff: only function prologues stop a goroutine.
---@field max_threads? integer  debug.SetMaxThreads; 10000 if not said.
---@field collector? "moving"|"go"  "go" moves nothing, as Go's own; "moving", if not said, evacuates what is not pinned.
---@field callbacks? "soon"|"late"  Of the device's driver: "late" makes them only when nothing is enqueued any more. "soon" if not said.
---@field gogc? string     GOGC: a percentage such as "100", or "off".
---@field gomemlimit? string  GOMEMLIMIT: "64MiB".
---@field costs? table<string, duration|integer>  Durations of the cost profile: { thread_new = "17us" }.

---Must be the first call of the file.
---@param fields ScenarioFields
function scenario(fields) end

---Declares a knob that `--set NAME=VALUE` turns; returns its value, of the type of the default.
---@generic T: number|string|boolean
---@param name string
---@param default T
---@return T
function knob(name, default) end

---The main function: the program ends when it returns, whoever else still runs. Once, at the top level.
---@param f fun()
function main(f) end

-- ---- what a goroutine does ----

---A go statement. At the top level main performs it, in order, before its own body.
---@overload fun(f: fun(...), ...: any)
---@param name string  How the goroutine is shown; else the name of the function's variable.
---@param f fun(...)
---@param ... any      Arguments of f.
function go(name, f, ...) end

---Go code that needs this much time on a P: a loop without calls, which only a signal can interrupt; or with a
---function call every so often, which looks at its stack guard there.
---@param d duration
---@param how? { calls: duration }
function compute(d, how) end

---time.Sleep: the goroutine parks, a timer wakes it.
---@param d duration
function sleep(d) end

---Shows a heap object as a picture, as it is in memory at this moment: `faultline shot TRACE --view picture`.
---Elements are grey, from 0 to max (255 if not said); four bytes a pixel are red, green, blue and one that is not looked at.
---@param frame HeapObject
---@param how { width: integer, height: integer, max?: number }
function picture(frame, how) end

---Says something to the class, at this moment of the run.
---@param text string
function note(text) end

---A note made of values, separated by tabs.
---@param ... any
function print(...) end

---Go's panic: the program ends.
---@param v any
function panic(v) end

---@class Runtime
runtime = {}

---Gives the P away; the goroutine goes to the tail of the global run queue.
function runtime.Gosched() end

---How many Ps there were. n > 0 stops the world and changes it; 0 only asks.
---@param n integer
---@return integer
function runtime.GOMAXPROCS(n) end

---From now on this goroutine runs on this thread only, and this thread runs nobody else. It nests.
function runtime.LockOSThread() end

---Takes one LockOSThread back.
function runtime.UnlockOSThread() end

---A full collection: two stops of the world, and marking between them.
function runtime.GC() end

---@class Cleanup
local Cleanup = {}
---The function will not run.
function Cleanup:Stop() end

---The function runs, with its argument, in a goroutine of the runtime's, some time after the object was freed.
---@param x HeapObject
---@param f fun(arg: any)
---@param arg? any
---@return Cleanup
function runtime.AddCleanup(x, f, arg) end

---A use of its argument, here: an object lives until its last use, not until the end of its variable.
---@param x any
function runtime.KeepAlive(x) end

---@class Pinner
local Pinner = {}
---The collector may neither move nor free the object until Unpin.
---@param x HeapObject
function Pinner:Pin(x) end
---Lets go of all objects of this Pinner.
function Pinner:Unpin() end

---A Pinner that pins and that no variable leads to any more ends the program at some collection, as in Go.
---@return Pinner
function runtime.Pinner() end

---When nothing leads to the object any more it is given to the function, and freed by a later collection. nil takes it away.
---@param x HeapObject
---@param f fun(x: HeapObject)|nil
function runtime.SetFinalizer(x, f) end

---Variables on the running goroutine's stack, as long as it lives. They move when it grows.
---@class Stack
stack = {}
---@param name string
---@param n integer
---@param fill? number|fun(i: integer): number
---@return HeapObject
function stack.floats(name, n, fill) end
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function stack.ints(name, n, fill) end
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function stack.uints(name, n, fill) end
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function stack.bytes(name, n, fill) end

---Calls functions that need so much stack, and returns from them: the stack may have to grow.
---@param size string  "32KiB"
function recurse(size) end

---@class CgoHandles
cgo = {}
---A number for C that stands for a value; it keeps the value alive until cgo.Delete.
---@param v any
---@return integer
function cgo.NewHandle(v) end
---@param h integer
---@return any
function cgo.Value(h) end
---@param h integer
function cgo.Delete(h) end

---@class CCalls
C = {}

---Calls a C function that takes this long, or that is made of steps (C.work, C.callback). The runtime cannot see into it.
---Interruptible: a signal ends it early, and the call gives false (EINTR).
---@param name string
---@param d duration|fun()
---args: objects whose addresses are passed. They are pinned while the call lasts; what their own pointers lead to is not, and
---cgocheck panics if it is not pinned.
---@param how? { interruptible?: boolean, args?: HeapObject[] }
---@return boolean ok
function C.call(name, d, how) end

---C's malloc: n elements that the collector does not know. They stay in their place until C.free.
---@param name string
---@param n integer
---@param kind? "bytes"|"floats"|"ints"|"uints"|"pointers"  Bytes if not said.
---@return HeapObject
function C.malloc(name, n, kind) end

---A copy of the text in C's heap, with a zero byte behind it. C.free gives it back.
---@param name string
---@param text string
---@return HeapObject
function C.CString(name, text) end

---The address of an object as C has it: a number that nobody corrects. p[i] is what lies there now.
---@param x HeapObject
---@return HeapObject
function C.pointer(x) end

---Gives memory back by its address; a second time is a mistake, and may hit another's.
---@param x HeapObject
---@return boolean ok  Something was there.
function C.free(x) end

---Go's copy, between what the host can reach; as many elements as both have.
---@param to HeapObject
---@param from HeapObject
---@return integer n
function copy(to, from) end

---C code that needs this much time: inside a C function, or on a C thread.
---@param d duration
function C.work(d) end

---C calls a Go function: inside a C function, or on a C thread.
---@overload fun(f: fun())
---@param name string
---@param f fun()
function C.callback(name, f) end

---pthread_create: a thread that Go knows nothing of, until it calls Go.
---@param name string
---@param f fun()  Made of C.work, C.callback, C.thread.
function C.thread(name, f) end

---A mutex of C's. Go knows nothing of it: who waits for it waits with a whole thread.
---@class CMutex
local CMutex = {}
---In C only: waits until it is free.
function CMutex:lock() end
---In C only, by who has locked it.
function CMutex:unlock() end
---Its name is that of the variable, if not said.
---@param name? string
---@return CMutex
function C.mutex(name) end

---@class Context
local Context = {}
---Makes it current on this thread; false if it is current on another one.
---@return boolean ok
function Context:make_current() end
---It is current on no thread.
function Context:release() end
---A C function that acts on the context that is current on this thread; false if that is not this one.
---@param name string
---@param d duration
---@return boolean ok
function Context:draw(name, d) end
---A C function that must not find it current on this thread; false if it does.
---@param name string
---@param d duration
---@return boolean ok
function Context:absent(name, d) end

---What C keeps in the thread: an OpenGL context, CUDA's current device, a network namespace.
---@param name string
---@return Context
function C.context(name) end

---One job, y = a * x + y, by one way out of the goroutine: it is really computed, by "process" really in another one.
---@param way "cgo"|"purego"|"wasm"|"go"|"process"
---@param job "saxpy"
---@param y HeapObject
---@param x HeapObject
---@param a number
---aborts: the code on the other side finds a mistake of its own and calls abort(). In this process that is the end; a
---process of its own, or a sandbox, ends alone, and the call gives false and what became of it.
---@param how? { takes?: duration, aborts?: boolean }
---@return boolean ok, string? died
function across(way, job, y, x, a, how) end

-- ---- timers and the network: waiting that the runtime knows ----

time = {}
---@param d duration
function time.Sleep(d) end
---Nanoseconds of virtual time since the run began.
---@return integer
function time.Now() end
---... since what time.Now gave.
---@param t integer
---@return integer ns
function time.Since(t) end
---A channel on which something can be received after d.
---@param d duration
---@return Channel
function time.After(d) end

---@class Timer
---@field C Channel?  Of time.NewTimer.
local Timer = {}
---Did it run?
---@return boolean
function Timer:Stop() end
---Sets it again, for so long from now. Did it run?
---@param d duration
---@return boolean
function Timer:Reset(d) end
---A timer with a channel, that can be stopped.
---@param d duration
---@return Timer
function time.NewTimer(d) end
---After d the function runs, in a goroutine of its own.
---@param d duration
---@param f function
---@return Timer
function time.AfterFunc(d, f) end

---@class Ticker
---@field C Channel
local Ticker = {}
function Ticker:Stop() end

---@param d duration
---@return Ticker
function time.NewTicker(d) end

context = {}
---@class ContextTree
local ContextTree = {}
---A channel that is closed when it is over; nil of one that never is.
---@return Channel?
function ContextTree:Done() end
---nil, "context canceled" or "context deadline exceeded".
---@return string?
function ContextTree:Err() end
---Nanoseconds of virtual time since the run began; nil: it has none.
---@return integer?
function ContextTree:Deadline() end
---@return ContextTree
function context.Background() end
---@return ContextTree
function context.TODO() end
---@param parent ContextTree
---@return ContextTree, fun() cancel
function context.WithCancel(parent) end
---@param parent ContextTree
---@return ContextTree, fun(cause?: string) cancel
function context.WithCancelCause(parent) end
---@param parent ContextTree
---@param d duration
---@return ContextTree, fun() cancel
function context.WithTimeout(parent, d) end
---@param parent ContextTree
---@param t integer  A moment, as time.Now() gives it.
---@return ContextTree, fun() cancel
function context.WithDeadline(parent, t) end
---Never over.
---@param parent ContextTree
---@return ContextTree
function context.WithoutCancel(parent) end
---When it is over, f runs in a goroutine of its own.
---@param parent ContextTree
---@param f function
---@return fun(): boolean stop  True: it will not run.
function context.AfterFunc(parent, f) end
---Why it is over: what WithCancelCause's cancel was told, else its error.
---@param ctx ContextTree
---@return string?
function context.Cause(ctx) end

net = {}
---Waits until the network has something, after d; the goroutine parks. false: its deadline was first.
---@param d duration
---@param how? { deadline: duration }
---@return boolean ok
function net.read(d, how) end

-- ---- channels ----

---@class Channel
---@operator len: integer
local Channel = {}
---Blocks until there is a receiver, or room.
---@param v any
function Channel:send(v) end
---Blocks until there is a value. ok is false when the channel is closed and empty.
---@return any v
---@return boolean ok
function Channel:recv() end
---No more values will be sent; whoever waits is released.
function Channel:close() end
---`for v in c:each() do ... end`: until the channel is closed, as Go's range.
---@return fun(c: Channel): any
---@return Channel
function Channel:each() end
---How many values wait in it.
---@return integer
function Channel:len() end
---For how many it has room.
---@return integer
function Channel:cap() end

---Makes a channel with room for `cap` values; 0 if not said. Its name is that of the variable.
---@param cap? integer
---@param name? string
---@return Channel
function chan(cap, name) end

---A nil channel: who sends there or receives waits for ever, closing it panics, in a select it is never ready.
---@type Channel
nilchan = nil

---@class Case
---@class Cases
case = {}

---case v, ok := <-c: of a select; f gets what was received. A nil channel's case is never ready.
---@param c Channel|nil
---@param f? fun(v: any, ok: boolean): ...
---@return Case
function case.recv(c, f) end

---case c <- v: of a select.
---@param c Channel|nil
---@param v any
---@param f? fun(): ...
---@return Case
function case.send(c, v, f) end

---Go's select: waits until one of the cases can go on, and runs its function; if several can, chance decides, from the seed.
---With a default it does not wait. It returns what the function returns; of a case without one, what was received.
---With anything else than one table it is Lua's own select.
---@param cases { [integer]: Case, default?: true|fun(): ... }
---@return any ...
function select(cases) end
-- ---- package sync ----

sync = {}

---Zero when made, so unlocked. Anybody may unlock it; unlocking it when it is free ends the program.
---@class Mutex
local Mutex = {}
---Waits until it is free.
function Mutex:Lock() end
---false: it is taken, and you do not have it.
---@return boolean ok
function Mutex:TryLock() end
function Mutex:Unlock() end

---Many may read at a time, or one write. A writer that waits keeps later readers out: do not RLock twice.
---@class RWMutex
local RWMutex = {}
function RWMutex:Lock() end
---@return boolean ok
function RWMutex:TryLock() end
function RWMutex:Unlock() end
function RWMutex:RLock() end
---@return boolean ok
function RWMutex:TryRLock() end
function RWMutex:RUnlock() end

---@class WaitGroup
local WaitGroup = {}
---Before the go statement, not in the goroutine. Below 0 it panics.
---@param n integer
function WaitGroup:Add(n) end
function WaitGroup:Done() end
---Add(1), and a goroutine that calls f, and then Done.
---@overload fun(self: WaitGroup, f: fun())
---@param name string
---@param f fun()
function WaitGroup:Go(name, f) end
---Until the counter is 0.
function WaitGroup:Wait() end

---@class Once
local Once = {}
---Calls f, if nobody has. Who comes while f runs waits for its end.
---@param f fun()
function Once:Do(f) end

---@class Cond
---@field L Mutex|RWMutex
local Cond = {}
---Unlocks L, waits for a Signal or Broadcast, and locks L again. In a loop: `while not ready do cond:Wait() end`.
function Cond:Wait() end
---Wakes the one that has waited longest; with nobody there it is lost.
function Cond:Signal() end
function Cond:Broadcast() end

---Its name, as of all that follow, is that of the variable, if not said.
---@param name? string
---@return Mutex
function sync.Mutex(name) end
---@param name? string
---@return RWMutex
function sync.RWMutex(name) end
---@param name? string
---@return WaitGroup
function sync.WaitGroup(name) end
---@param name? string
---@return Once
function sync.Once(name) end
---@param l Mutex|RWMutex
---@param name? string
---@return Cond
function sync.Cond(l, name) end
---A function that calls f when it is called for the first time.
---@param f fun()
---@return fun()
function sync.OnceFunc(f) end

semaphore = {}
---golang.org/x/sync/semaphore: so many units, first come first served.
---@class Weighted
local Weighted = {}
---Waits until so many are free and nobody is before you. With a context: until that is over at the latest, and then you have none.
---@overload fun(self: Weighted, n: integer)
---@param ctx ContextTree
---@param n integer
---@return string? err  The context's error; nil: you have them.
function Weighted:Acquire(ctx, n) end
---false: they are not free, or others wait.
---@param n integer
---@return boolean ok
function Weighted:TryAcquire(n) end
---@param n integer
function Weighted:Release(n) end
---@param size integer
---@param name? string
---@return Weighted
function semaphore.Weighted(size, name) end

errgroup = {}
---golang.org/x/sync/errgroup: goroutines that belong together.
---@class Group
local Group = {}
---f returns nothing, or an error. With a limit, waits until one of the others is done.
---@overload fun(self: Group, f: fun(): any)
---@param name string
---@param f fun(): any
function Group:Go(name, f) end
---The same, if the limit has room for it now; else false, and f is not called.
---@overload fun(self: Group, f: fun(): any): boolean
---@param name string
---@param f fun(): any
---@return boolean started
function Group:TryGo(name, f) end
---Until all have returned; the first error, or nil. A group's context is over then.
---@return any err
function Group:Wait() end
---So many at a time; below 0 as many as you like. A limit is not set while some are active.
---@param n integer
function Group:SetLimit(n) end
---@param name? string
---@return Group
function errgroup.Group(name) end
---A group, and a context below `parent`: the first error cancels it, and is its cause. Nobody is stopped by that who does not look.
---@param parent ContextTree
---@param name? string
---@return Group, ContextTree
function errgroup.WithContext(parent, name) end

atomic = {}
---sync/atomic. Nothing races here, so it shows where Go needs one, and what it costs.
---@class Int64
local Int64 = {}
---@return integer
function Int64:Load() end
---@param v integer
function Int64:Store(v) end
---@param d integer
---@return integer new
function Int64:Add(d) end
---@param v integer
---@return integer old
function Int64:Swap(v) end
---@param old integer
---@param new integer
---@return boolean swapped
function Int64:CompareAndSwap(old, new) end
---@param v? integer
---@return Int64
function atomic.Int64(v) end

-- ---- memory that kernels can use ----

---Elements count from 0: x[0] to x[#x - 1]. Reading sees what kernels wrote.
---@class HeapObject
---@operator len: integer
---@field [integer] number

---@class Heap
heap = {}

---An object of n 32-bit floats, filled by a function of i from 0, with a number, or with 0.
---@param name string
---@param n integer
---@param fill? number|fun(i: integer): number
---@return HeapObject
function heap.floats(name, n, fill) end

---The same with signed whole numbers of 32 bits.
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function heap.ints(name, n, fill) end

---The same with whole numbers from 0 to 4294967295.
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function heap.uints(name, n, fill) end

---The same with bytes.
---@param name string
---@param n integer
---@param fill? integer|fun(i: integer): integer
---@return HeapObject
function heap.bytes(name, n, fill) end

---An object of n Go pointers to objects, or nil. The collector follows them, and corrects them when it moves something.
---@param name string
---@param n integer
---@param fill? HeapObject|fun(i: integer): HeapObject?
---@return HeapObject
function heap.pointers(name, n, fill) end

-- ---- the device ----

---@class LaunchFields
---@field items? integer   Work items; the length of the first buffer if not said.
---@field takes? duration  Modelled time on the device; else from the cost profile.
---@field slices? integer  Pieces in which it is executed; 16 if not said.
---@field queue? Queue  In which it is enqueued; the default queue if not said.
---@field after? Event|Event[]  It begins only when these are done.

---@class Kernel
local Kernel = {}
---clEnqueueNDRangeKernel: puts the kernel into a queue of the device and returns.
---@param fields? LaunchFields
---@return Event
function Kernel:launch(fields) end

---@class OpenCL
cl = {}

---Kernel `name` out of NAME.cl, beside the scenario or in opencl_kernels/, with its arguments in the order of
---its parameters.
---@param name string
---@param ... HeapObject|number
---@return Kernel
function cl.kernel(name, ...) end

---@class Graph
local Graph = {}
---Enqueues the whole list by one call.
---@param fields? LaunchFields  For each of them.
---@return Event  Of the last one.
function Graph:launch(fields) end

---Records kernels once, so that they can be launched by one call.
---@param ... Kernel
---@return Graph
function cl.record(...) end

---clFinish: blocks in C until the default queue is empty.
function cl.finish() end

---@class Queue
local Queue = {}
---clFinish: blocks in C until this queue is empty.
function Queue:finish() end
---A command that takes no time, and is done when the others are: all that came before it in its queue, if none are named.
---@param fields? { after: Event|Event[] }
---@return Event
function Queue:marker(fields) end
---As a marker, and what is enqueued behind it begins only after it.
---@param fields? { after: Event|Event[] }
---@return Event
function Queue:barrier(fields) end

---clCreateCommandQueue: commands of different queues may run at the same time, one kernel and one copy each way. Out of order:
---each command begins as soon as its wait list and barriers allow it.
---@param name string
---@param how? { out_of_order: boolean }
---@return Queue
function cl.queue(name, how) end

---@class Event
local Event = {}
---clWaitForEvents: blocks in C until it is done.
function Event:wait() end
---clSetEventCallback: when it is done, a thread of the driver's calls this Go function.
---@param name string
---@param f function
function Event:callback(name, f) end
---clSetUserEventStatus, of what cl.user_event made. False: it was completed before.
---@return boolean first
function Event:complete() end

---clCreateUserEvent: commands can wait for it; the host says when it has happened.
---@param name string
---@return Event
function cl.user_event(name) end

---clWaitForEvents: blocks in C until all of them are done.
---@param ... Event
function cl.wait(...) end

---Memory of the device's own (clCreateBuffer). Kernels take it; to Go its address is a number: cl.write and cl.read copy.
---nil and an error where there is no room: scenario { device_memory = "64MiB" }.
---@param name string
---@param n integer
---@param kind? "bytes"|"floats"|"ints"|"uints"  Bytes if not said.
---@return HeapObject?, string?
function cl.buffer(name, n, kind) end

---Page-locked memory of the host's: the device reaches it without the driver's help, at twice the speed in the cost profile.
---@param name string
---@param n integer
---@param kind? "bytes"|"floats"|"ints"|"uints"
---@return HeapObject?, string?
function cl.locked(name, n, kind) end

---Memory that host and device use by the same address (clSVMAlloc), where the device can.
---@param name string
---@param n integer
---@param kind? "bytes"|"floats"|"ints"|"uints"
---@return HeapObject?, string?
function cl.shared(name, n, kind) end

---Gives back what cl.buffer, cl.locked or cl.shared gave; commands that use it are not waited for.
---@param x HeapObject
---@return boolean ok
function cl.release(x) end

---@class TransferFields
---@field takes? duration  Modelled time; else from the cost profile.
---@field slices? integer  Pieces in which it is done; 16 if not said.
---@field queue? Queue  In which it is enqueued; the default queue if not said.
---@field after? Event|Event[]  It begins only when these are done.

---Enqueues a copy from the host's memory to the device's. It holds both addresses until it is done.
---@param device HeapObject
---@param host HeapObject
---@param fields? TransferFields
---@return Event
function cl.write(device, host, fields) end

---Enqueues a copy from the device's memory to the host's.
---@param device HeapObject
---@param host HeapObject
---@param fields? TransferFields
---@return Event
function cl.read(device, host, fields) end

-- ---- what the run must show ----

---@class Bound

---@param v integer|duration
---@return Bound
function at_least(v) end
---@param v integer|duration
---@return Bound
function at_most(v) end
---@param low integer|duration
---@param high integer|duration
---@return Bound
function between(low, high) end

---@alias Finding "crossing-bound"|"deadlock"|"device-idle"|"starvation"|"thread-inflation"|"wrong-thread"

---Figures of the run (`faultline summary` lists them), `findings` as the list of what must be found and nothing else
---({} = nothing; not said = not judged, but a deadlock), `outcome` as a word.
---@class Expect
---@overload fun(figures: table<string, integer|duration|Bound|Finding[]|string>)
expect = {}

---Looks at every element of an object after the run; `object` may be its name.
---@param object HeapObject|string
---@param holds fun(i: integer, v: number): boolean
function expect.result(object, holds) end

---The opposite: for at least one element the function does not hold, because somebody wrote to the wrong place.
---@param object HeapObject|string
---@param holds fun(i: integer, v: number): boolean
function expect.torn(object, holds) end
