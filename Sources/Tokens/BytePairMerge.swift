/// Counts the tokens of one piece by merging, lowest rank first, the neighbours whose union is a token.
///
/// Holds working memory; one serves one task at a time.
struct BytePairMerge {
    private let vocabulary: Vocabulary
    /// Where the parts of the piece begin, and the rank of each part joined with the next.
    private var starts: [Int] = []
    private var ranks: [Int] = []

    /// Pieces up to this length are merged by scanning for the lowest rank, which beats a heap while it is short.
    private static let shortPiece = 128

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// Tokens in the piece; at least 1 for a piece that is not empty.
    mutating func count(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        if piece.count < 2 || vocabulary.rank(piece) != Vocabulary.notFound { return min(piece.count, 1) }
        return piece.count <= Self.shortPiece ? countShort(piece) : countLong(piece)
    }

    private func rank(_ piece: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        vocabulary.rank(UnsafeBufferPointer(rebasing: piece[start..<end]))
    }

    private mutating func countShort(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        starts.removeAll(keepingCapacity: true)
        ranks.removeAll(keepingCapacity: true)
        for index in 0...piece.count { starts.append(index) }
        for index in 0..<(piece.count - 1) { ranks.append(rank(piece, index, index + 2)) }
        while true {
            var best = Vocabulary.notFound
            var place = 0
            for (index, rank) in ranks.enumerated() where rank < best {
                best = rank
                place = index
            }
            guard best != Vocabulary.notFound else { return starts.count - 1 }
            starts.remove(at: place + 1)
            ranks.remove(at: place)
            if place < ranks.count { ranks[place] = rank(piece, starts[place], starts[place + 2]) }
            if place > 0 { ranks[place - 1] = rank(piece, starts[place - 1], starts[place + 1]) }
        }
    }

    /// The same with linked parts and a heap of merges: a run of a million letters takes n log n steps.
    private func countLong(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        let size = piece.count
        var next = (0..<size).map { Int32($0 + 1) }
        var previous = (0..<size).map { Int32($0 - 1) }
        var alive = [Bool](repeating: true, count: size)
        var heap = MergeHeap()
        func end(_ part: Int) -> Int { Int(next[part]) }
        func offer(_ part: Int) {
            let neighbour = end(part)
            guard neighbour < size else { return }
            let union = rank(piece, part, end(neighbour))
            if union != Vocabulary.notFound {
                heap.push(Merge(rank: Int32(union), start: Int32(part), end: Int32(end(neighbour))))
            }
        }
        for part in 0..<(size - 1) { offer(part) }
        var count = size
        while let merge = heap.pop() {
            let part = Int(merge.start)
            guard alive[part], end(part) < size, end(end(part)) == Int(merge.end) else { continue }
            let neighbour = end(part)
            guard alive[neighbour] else { continue }
            alive[neighbour] = false
            next[part] = next[neighbour]
            if end(part) < size { previous[end(part)] = Int32(part) }
            count -= 1
            offer(part)
            if previous[part] >= 0 { offer(Int(previous[part])) }
        }
        return count
    }
}

/// Two neighbouring parts that together are the token of a rank.
private struct Merge {
    let rank: Int32
    let start: Int32
    let end: Int32

    /// Lowest rank first, leftmost among equals.
    func precedes(_ other: Merge) -> Bool { (rank, start) < (other.rank, other.start) }
}

/// A binary min-heap of merges.
private struct MergeHeap {
    private var merges: [Merge] = []

    mutating func push(_ merge: Merge) {
        merges.append(merge)
        var child = merges.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard merges[child].precedes(merges[parent]) else { return }
            merges.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> Merge? {
        guard let first = merges.first else { return nil }
        let last = merges.removeLast()
        if !merges.isEmpty {
            merges[0] = last
            sink(0)
        }
        return first
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < merges.count {
                if merges[child].precedes(merges[least]) { least = child }
            }
            guard least != parent else { return }
            merges.swapAt(parent, least)
            parent = least
        }
    }
}
