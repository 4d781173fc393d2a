# Text and dictionaries
words = split("the cat sat on the mat")
counts = Dict{String, Int}()
for w in words
    counts[w] = get(counts, w, 0) + 1
end
title = join(uppercasefirst.(words), " ")
longest = maximum(length, words)
