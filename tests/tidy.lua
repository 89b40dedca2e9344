-- tidy.lua -- the rules of the house, checked by reading the source: `lua5.4 tests/tidy.lua` from the root.
--
-- What a compiler cannot see: which layer knows which, one library one place, calls that would make two
-- runs differ, file heads, links from the notes into the code, lists that must agree. Each finding is one
-- line, file:line: what is wrong and what to do.

-- ---- what each layer may include (sim/NAME, and visualizer) ----

local KNOWS = {
    base       = "",
    event      = "base",
    lens       = "base event",
    mem        = "base event",
    dev        = "base",
    rt         = "base event mem dev",
    script     = "base event mem dev rt",
    calibrate  = "base event dev rt",
    cli        = "base event lens mem dev rt script calibrate",
    visualizer = "base event lens",
}

-- ---- one library, one place (tests are their own matter) ----

local LIBRARIES = {
    { "^lua%.h$",      "sim/script/" },
    { "^lauxlib%.h$",  "sim/script/" },
    { "^lualib%.h$",   "sim/script/" },
    { "^CL/",          "sim/dev/ocl_parts.h" },
    { "^SDL",          "visualizer/sdl.c visualizer/main.c" },
    { "^cairo",        "visualizer/draw_cairo.c visualizer/measure.c" },
    { "^pango",        "visualizer/draw_cairo.c visualizer/measure.c" },
    { "^argp%.h$",     "sim/cli/ visualizer/main.c" },
    { "^cjson/",       "sim/cli/ sim/lens/" },
    { "^sha2%.h$",     "sim/event/trace_format.h" },
    { "^xxhash%.h$",   "sim/event/trace_format.h" },
    { "^uthash%.h$",   "sim/base/intern.c" },
}

-- ---- calls that are not made, or only there: what, where it is allowed, what to do ----

local CALLS = {
    { "rand",         "", "draw from a named stream of base/prng.h" },
    { "srand",        "", "draw from a named stream of base/prng.h" },
    { "random",       "", "draw from a named stream of base/prng.h" },
    { "drand48",      "", "draw from a named stream of base/prng.h" },
    { "time",         "", "virtual time is world_now; wall time is measured with clock_gettime, beside the run" },
    { "gettimeofday", "", "virtual time is world_now; wall time is measured with clock_gettime, beside the run" },
    { "localtime",    "", "nothing in the program depends on the hour" },
    { "clock_gettime", "sim/cli/ sim/dev/ sim/calibrate/ visualizer/", "wall time has no place in what a run does" },
    { "getenv",       "sim/base/scratch.c visualizer/sdl.c",
      "the same command line must mean the same everywhere: make it an option" },
    { "setlocale",    "", "results must not depend on the locale" },
    { "strcoll",      "", "compare bytes: strcmp" },
    { "strcpy",       "", "use snprintf, which knows the size" },
    { "strcat",       "", "use snprintf, which knows the size" },
    { "gets",         "", "use fgets" },
    { "system",       "", "start programs with fork and exec, without a shell" },
    { "popen",        "", "start programs with fork and exec, without a shell" },
}

-- Durations and order are whole numbers here; a float could round differently elsewhere.
local WHOLE_NUMBERS = { "sim/rt/", "sim/event/", "sim/base/" }

local COLUMNS_MAX = 140

-- Words that tell of the machine something was written on. (In brackets, so that this file has none.)
local PLACES = {
    "/[w]ork/", "/[f]arm/", "/[h]ome/%w", "/[U]sers/%w", "d[e]b%.debian%.", "pr[o]xy%.golang", "r[e]gistry%.npm",
    "p[y]pi%.org", "cr[a]tes%.io", "sub[a]gent",
}

-- ---- reading ----

local violations = 0

local function say(path, line, what)
    violations = violations + 1
    print(("%s:%d: %s"):format(path, line, what))
end

local function exists(path)
    local f = io.open(path, "rb")
    if f then f:close() end
    return f ~= nil
end

local cache = {}
local function read(path)
    if cache[path] == nil then
        local f = io.open(path, "rb")
        cache[path] = f and f:read("a") or false
        if f then f:close() end
    end
    return cache[path] or nil
end

local function lines(text)
    local list = {}
    for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
    return list
end

local function find(arguments)
    local list = {}
    local pipe = assert(io.popen("LC_ALL=C find " .. arguments .. " 2>/dev/null | LC_ALL=C sort"))
    for path in pipe:lines() do list[#list + 1] = (path:gsub("^%./", "")) end
    pipe:close()
    return list
end

-- C without comments, and with empty texts: the same lines, only what the compiler takes for code.
local function code_of(text)
    local out, i, n = {}, 1, #text
    while i <= n do
        local two, one = text:sub(i, i + 1), text:sub(i, i)
        if two == "/*" then
            local stop = text:find("*/", i + 2, true) or n
            out[#out + 1] = " " .. text:sub(i, stop + 1):gsub("[^\n]", "")
            i = stop + 2
        elseif two == "//" then
            i = text:find("\n", i, true) or n + 1
        elseif one == '"' or one == "'" then
            local stop = i + 1
            while stop <= n and text:sub(stop, stop) ~= one and text:sub(stop, stop) ~= "\n" do
                stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
            end
            out[#out + 1] = one .. one
            i = stop + 1
        else
            local stop = text:find("[/\"']", i + 1) or n + 1
            out[#out + 1] = text:sub(i, stop - 1)
            i = stop
        end
    end
    return table.concat(out)
end

-- Is path one of the places, each a file or a folder with a slash at its end?
local function among(path, places)
    for place in places:gmatch("%S+") do
        if path == place or (place:sub(-1) == "/" and path:sub(1, #place) == place) then return true end
    end
    return false
end

local function folder_of(path) return path:match("^(.*/)") or "" end

-- "sim/rt/" .. "../base/base.h" is "sim/base/base.h"
local function joined(folder, relative)
    local path = folder .. relative
    repeat
        local shorter, n = path:gsub("[^/]+/%.%./", "", 1)
        path = shorter
    until n == 0
    return path
end

local function layer_of(path) return path:match("^sim/([^/]+)/") or path:match("^(visualizer)/") end

-- ---- the rules; each looks at one file, or at lists that must agree ----

local function check_includes(path, text)
    local layer = layer_of(path)
    if layer == nil then return end
    if KNOWS[layer] == nil then
        say(path, 1, ("tests/tidy.lua does not know the layer %s: say there what it may include"):format(layer))
        return
    end
    for number, line in ipairs(lines(text)) do
        local own = line:match('^%s*#%s*include%s+"([^"]+)"')
        local library = line:match("^%s*#%s*include%s+<([^>]+)>")
        if own then
            local target = joined(folder_of(path), own)
            local to = layer_of(target)
            if not exists(target) then
                say(path, number, ('there is no %s; an include names the file relative to this one'):format(target))
            elseif to ~= layer and not (" " .. KNOWS[layer] .. " "):find(" " .. tostring(to) .. " ", 1, true) then
                say(path, number, ("%s must not know %s; it may include: %s"):format(layer, to or target,
                    KNOWS[layer] ~= "" and KNOWS[layer] or "nothing"))
            end
        end
        for _, entry in ipairs(library and LIBRARIES or {}) do
            if library:find(entry[1]) and not among(path, entry[2]) then
                say(path, number, ("<%s> belongs in %s only; give what you need a small header there"):format(library, entry[2]))
            end
        end
    end
end

local function check_calls(path, code)
    if layer_of(path) == nil then return end
    for number, line in ipairs(lines(code)) do
        for _, entry in ipairs(CALLS) do
            local at = line:find("%f[%w_]" .. entry[1] .. "%s*%(")
            local member = at and line:sub(1, at - 1):find("[%.>]$")
            if at and not member and not among(path, entry[2]) then
                say(path, number, ("%s() is not called here: %s"):format(entry[1], entry[3]))
            end
        end
        local comparator = line:match("%f[%w_]qsort%s*%(.*,%s*([%w_]+)%s*%)")
        if line:find("%f[%w_]qsort%s*%(") and not (comparator and comparator:find("^by_")) then
            say(path, number, "qsort wants a comparator named by_..., which never calls two different things equal")
        end
        if line:find("%f[%w_]float%f[^%w_]") or line:find("%f[%w_]double%f[^%w_]") then
            for _, folder in ipairs(WHOLE_NUMBERS) do
                if path:sub(1, #folder) == folder then
                    say(path, number, "no float or double in this layer: it could round differently elsewhere; count in whole units")
                end
            end
        end
    end
end

local function check_head(path, text)
    local name = path:match("[^/]+$")
    local head = "/* " .. name .. " -- "
    if text:sub(1, #head) ~= head then
        say(path, 1, ('a file begins with its idea: "%s..."'):format(head))
    end
end

-- A row of a table or a sentence may be longer: its columns, or its words, are easier to read on one line.
local function check_width(path, text)
    if path:find("%.def$") then return end
    for number, line in ipairs(lines(text)) do
        local bare = line:gsub('"[^"]*"', '""')
        if line:find("^|") then bare = "" end
        local width = utf8.len(bare) or #bare
        if width > COLUMNS_MAX then
            say(path, number, ("%d columns; break the line before %d"):format(width, COLUMNS_MAX))
        end
    end
end

local function check_places(path, text)
    for number, line in ipairs(lines(text)) do
        for _, pattern in ipairs(PLACES) do
            local what = line:match(pattern)
            if what then say(path, number, ('"%s" is a place of somebody\'s machine or workplace: write what a reader has'):format(what)) end
        end
    end
end

-- How often does the file define this name (a function, a type, a row of a table, a note)?
local function definitions(path, name)
    local count, text = 0, read(path)
    local word = name:gsub("%p", "%%%0")
    if name:find("^note:") then
        for _ in text:gmatch("[/%-][%-/%*] *" .. word .. "%f[^%w_%-]") do count = count + 1 end
        return count
    end
    for _, line in ipairs(lines(text)) do
        if path:find("%.def$") then
            if line:find("^[%u_]+%(" .. word .. "%f[^%w_]") then count = count + 1 end
        elseif path:find("%.lua$") then
            if line:find("^%s*local%s+function%s+" .. word .. "%f[^%w_]") or line:find("^%s*function%s+" .. word .. "%f[^%w_]")
                or line:find('^%s*go%s*%(?%s*"' .. word .. '"') then
                count = count + 1
            end
        elseif path:find("%.cl$") then
            if line:find("^[%w_].*%f[%w_]" .. word .. "%s*%(") then count = count + 1 end
        elseif line:find("^[%a_].*%f[%w_]" .. word .. "%(") and not line:find(";%s*$") and not line:find("^#") then
            count = count + 1
        elseif line:find("^struct%s+" .. word .. "%s*{") or line:find("^}%s*" .. word .. ";") then
            count = count + 1
        end
    end
    return count
end

local function check_links(path, text)
    for number, line in ipairs(lines(text)) do
        for link in line:gmatch("%[%[(.-)%]%]") do
            local file, name = link:match("^([^#]+)#?(.*)$")
            if file == nil or not exists(file) then
                say(path, number, ("[[%s]]: there is no such file; name it from the root"):format(link))
            elseif name ~= "" then
                local count = definitions(file, name)
                if count == 0 then say(path, number, ("[[%s]]: %s defines no %s"):format(link, file, name)) end
                if count > 1 then say(path, number, ("[[%s]]: %s has %d of that name; link to a note: instead"):format(link, file, count)) end
            end
        end
        for target in line:gmatch("%]%(([^)%s]+)%)") do
            local file = target:gsub("#.*$", "")
            if not target:find("^%w+:") and file ~= "" and not exists(joined(folder_of(path), file)) then
                say(path, number, ("(%s): there is no such file beside this one"):format(target))
            end
        end
    end
end

-- events.def, one entry per row: name, key, line
local function event_rows()
    local rows = {}
    for number, line in ipairs(lines(read("sim/event/events.def"))) do
        local name, key = line:match('^EVENT%(([%u%d_]+),%s*%u+,%s*%u+,%s*"([%w%.]+)"')
        if name then rows[#rows + 1] = { name = name, key = key, line = number } end
    end
    return rows
end

local function check_explanations(rows)
    local headings, keys = {}, {}
    for number, line in ipairs(lines(read("book-notes/events.md") or "")) do
        local key = line:match("^### (.-)%s*$")
        if key and headings[key] then
            say("book-notes/events.md", number, ("%s has a heading already, in line %d"):format(key, headings[key]))
        elseif key then
            headings[key] = number
        end
    end
    for _, row in ipairs(rows) do
        keys[row.key] = true
        if not headings[row.key] then
            say("sim/event/events.def", row.line, ('"%s" is not explained: add "### %s" to book-notes/events.md'):format(row.key, row.key))
        end
    end
    for key, number in pairs(headings) do
        if not keys[key] then say("book-notes/events.md", number, ("no event has the key %s: remove the heading"):format(key)) end
    end
end

local function check_narration(rows)
    local body = (read("sim/lens/narrate.c"):match("\nstatic void tell_run%(.*\nvoid narrate%(.-\n}") or "")
        .. (read("sim/lens/narrate_memory.c"):match("\nstatic void tell_collector%(.*\nvoid narrate_memory%(.-\n}") or "")
        .. (read("sim/lens/narrate_sync.c"):match("\nstatic void tell_new%(.*\nvoid narrate_sync%(.-\n}") or "")
        .. (read("sim/lens/narrate_import.c"):match("\nstatic void tell_less%(.*\nvoid narrate_import%(.-\n}") or "")
    for _, row in ipairs(rows) do
        if not body:find("case EV_" .. row.name .. ":", 1, true) then
            say("sim/event/events.def", row.line, ("%s is not told: give it a case in a tell_ function of sim/lens/narrate.c, narrate_memory.c, narrate_sync.c or narrate_import.c"):format(row.name))
        end
    end
end

local function check_emitted(rows)
    local emitted = {}
    for _, path in ipairs(find("sim -name '*.c'")) do
        local code = code_of(read(path))
        for name in code:gmatch("EMIT%s*%([^,]+,%s*([%u%d_]+)") do emitted[name] = true end
        for name in code:gmatch("TELL%s*%([^,]+,%s*([%u%d_]+)") do emitted[name] = true end
        for name in code:gmatch("TELL_G%s*%([^,]+,[^,]+,%s*([%u%d_]+)") do emitted[name] = true end
    end
    for _, row in ipairs(rows) do
        if not emitted[row.name] then
            say("sim/event/events.def", row.line, ("nothing in sim emits %s: remove the row, or emit it where it happens"):format(row.name))
        end
    end
end

-- ---- the command line: program, manual page and completions name the same things ----

-- The long options in a command's table: {"name", 'n', "ARG", ...}
local function options_of(text)
    local list = {}
    for name, rest in text:gmatch('{"([%w%-]+)",%s*[\'%w_]+,([^}]-)}') do
        if not rest:find("OPTION_HIDDEN") then list[#list + 1] = name end
    end
    return list
end

local function check_command_line(rows_of_events)
    local MAIN, MAN = "sim/cli/main.c", "sim/cli/faultline.1"
    local LISTS = { "sim/cli/completion.bash", "sim/cli/completion.zsh" }
    local man = (read(MAN) or ""):gsub("\\%-", "-")
    local known, wanted = {}, {} -- wanted: word, where it comes from, its form in the page and in the completions
    local before, rows = read(MAIN):match("^(.-)commands%[%] = {(.-)\n};")
    for at, name in (rows or ""):gmatch('(){"([%w%-]+)",') do
        local _, number = (before .. rows:sub(1, at)):gsub("\n", "")
        known[name] = true
        wanted[#wanted + 1] = { "the command " .. name, MAIN, number + 1, "\n%.Ss " .. name .. "%f[%s]", "%f[%w%-]" .. name .. "%f[^%w%-]" }
    end
    if next(known) == nil then say(MAIN, 1, "the table of commands was not understood: tests/tidy.lua must learn its new form") end
    for _, path in ipairs(find("sim/cli visualizer -name 'cmd_*.c' -o -path visualizer/main.c")) do
        for _, name in ipairs(options_of(read(path))) do
            local form = "%-" .. name:gsub("%-", "%%-") .. "%f[^%w%-]"
            wanted[#wanted + 1] = { "the option --" .. name, path, 1, "%f[%w%-]" .. form, "%-" .. form }
        end
    end
    for _, row in ipairs(rows_of_events) do
        wanted[#wanted + 1] = { "the event " .. row.name, "sim/event/events.def", row.line, "", "%f[%w_]" .. row.name .. "%f[^%w_]" }
    end
    for _, want in ipairs(wanted) do
        if not man:find(want[4]) then say(want[2], want[3], ("%s is missing from %s"):format(want[1], MAN)) end
        for _, list in ipairs(LISTS) do
            if not (read(list) or ""):find(want[5]) then say(want[2], want[3], ("%s is not offered by %s"):format(want[1], list)) end
        end
    end
    for number, line in ipairs(lines(man)) do
        local name = line:match("^%.Ss (%S+)")
        if name and not known[name] then say(MAN, number, ("there is no command %s in %s"):format(name, MAIN)) end
    end
end

-- ---- all of it ----

local C_FILES = "sim visualizer tests -name '*.[ch]' -o -name '*.def'"
local TEXTS = "sim visualizer tests scenarios opencl_kernels book-notes .ci Makefile README.md LICENSE -type f "
    .. "! -name '*.png' ! -name '*.svg' ! -name '*.pdf' ! -name '*.trace' ! -path 'tests/traces/*'"

local OF_C = { check_includes, check_head }
local OF_CODE = { check_calls }
local OF_TEXT = { check_width, check_places }
local OF_NOTES = { check_links }
local OF_EVENTS = { check_explanations, check_narration, check_emitted, check_command_line }

if not (exists("Makefile") and exists("sim/event/events.def")) then
    io.stderr:write("tidy: run me from the root: lua5.4 tests/tidy.lua\n")
    os.exit(2)
end

local function apply(checks, ...)
    for _, check in ipairs(checks) do check(...) end
end

for _, path in ipairs(find(C_FILES)) do
    apply(OF_C, path, read(path))
    apply(OF_CODE, path, code_of(read(path)))
end
local texts = find(TEXTS)
for _, path in ipairs(texts) do
    apply(OF_TEXT, path, read(path))
    if path:find("%.md$") then apply(OF_NOTES, path, read(path)) end
end
local rows = event_rows()
if #rows == 0 then say("sim/event/events.def", 1, "no row was understood: tests/tidy.lua must learn its new form") end
apply(OF_EVENTS, rows)

if violations > 0 then
    print(("tidy: %d files, %d violations"):format(#texts, violations))
    os.exit(1)
end
print(("tidy: %d files, %d rules, ok"):format(#texts, #OF_C + #OF_CODE + #OF_TEXT + #OF_NOTES + #OF_EVENTS))
