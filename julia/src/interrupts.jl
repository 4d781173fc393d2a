# Ctrl-C while Julia has the process for itself (the isolated mode; see fluxbridge.julia.isolated.worker).
#
# There interrupts are held back, except while Julia works: in the middle of a conversion, or of a
# Python function that Julia called, an exception out of nowhere would destroy Python's state.
#
# A task that waits (in `sleep`, `wait`, `take!`, `lock`, `read`) is interrupted by another one, which hears
# of it through a pipe: Julia would throw a signal's exception in whatever task it ran last. A task
# that works is interrupted by the signal.

"Has Julia the signals, and are they held back?"
const INTERRUPTIBLE = Ref(false)

"The task whose work may be interrupted now."
const SERVED = Ref{Union{Task,Nothing}}(nothing)

"Call `f`, Julia's own work, which Ctrl-C may interrupt."
interruptible(f) = INTERRUPTIBLE[] ? serving(() -> Base.reenable_sigint(f), current_task()) : f()

"Call `f`, which goes back into Python, out of such work."
uninterrupted(f) = INTERRUPTIBLE[] ? serving(() -> Base.disable_sigint(f), nothing) : f()

function serving(f, task)
    before, SERVED[] = SERVED[], task
    try
        return f()
    finally
        SERVED[] = before
    end
end

"How often somebody asked for an interrupt by the pipe."
const HEARD = Ref(0)

"Interrupt the task that is served whenever a byte comes from the file `fd`."
function listen(fd::Integer)
    INTERRUPTIBLE[] = true
    asked = Base.PipeEndpoint(RawFD(fd))
    errormonitor(@async while isopen(asked)
        try
            eof(asked) && break
            read(asked, UInt8)
            HEARD[] += 1
        catch e
            e isa InterruptException || rethrow()  # a signal that was meant for the other task
        end
        task = SERVED[]
        task === nothing || istaskdone(task) || schedule(task, InterruptException(); error = true)
    end)
    return nothing
end

"Wait until `sent` requests have been heard, so that none of them strikes later."
function settle(sent::Integer)
    while HEARD[] < sent
        sleep(0.002)
    end
    GC.safepoint()
    return nothing
end
