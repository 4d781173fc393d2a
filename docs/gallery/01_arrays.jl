# Arrays: the first position is 1, ranges include their end
x = [10, 20, 30, 40]
first_two = x[1:2]
last_one = x[end]
A = [1 2; 3 4; 5 6]
column = A[:, 1]
rows, columns = size(A)
sums = sum(A, dims=1)
