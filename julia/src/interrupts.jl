# Ctrl-C while Julia has the process for itself (the isolated mode; see fluxbridge.julia.worker).
#
# There interrupts are held back, except while Julia works: in the middle of a conversion, or of a
# Python function that Julia called, an exception out of nowhere would destroy Python's state.

"Has Julia the signals, and are they held back?"
const INTERRUPTIBLE = Ref(false)

"Call `f`, Julia's own work, which Ctrl-C may interrupt."
interruptible(f) = INTERRUPTIBLE[] ? Base.reenable_sigint(f) : f()

"Call `f`, which goes back into Python, out of such work."
uninterrupted(f) = INTERRUPTIBLE[] ? Base.disable_sigint(f) : f()
