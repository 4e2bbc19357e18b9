import HeapModule

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
        var parts = LinkedParts(piece, vocabulary)
        return parts.merge()
    }
}

/// The parts of a long piece, each linked to its neighbours.
private struct LinkedParts {
    private let piece: UnsafeBufferPointer<UInt8>
    private let vocabulary: Vocabulary
    /// By a part's first byte: where the part ends, and where the part before it begins.
    private var ends: [Int32]
    private var previous: [Int32]
    private var isStart: [Bool]
    private var heap = Heap<Merge>()

    init(_ piece: UnsafeBufferPointer<UInt8>, _ vocabulary: Vocabulary) {
        self.piece = piece
        self.vocabulary = vocabulary
        ends = (0..<Int32(piece.count)).map { $0 + 1 }
        previous = (0..<Int32(piece.count)).map { $0 - 1 }
        isStart = [Bool](repeating: true, count: piece.count)
    }

    mutating func merge() -> Int {
        for part in 0..<(piece.count - 1) { offer(part) }
        var count = piece.count
        while let merge = heap.popMin() {
            let part = Int(merge.start)
            let neighbour = Int(ends[part])
            // An entry is stale once either of its parts has merged with another.
            guard isStart[part], neighbour < piece.count, ends[neighbour] == merge.end else { continue }
            isStart[neighbour] = false
            ends[part] = merge.end
            if Int(merge.end) < piece.count { previous[Int(merge.end)] = merge.start }
            count -= 1
            offer(part)
            if previous[part] >= 0 { offer(Int(previous[part])) }
        }
        return count
    }

    /// Puts the union of a part and the next into the heap, if it is a token.
    private mutating func offer(_ part: Int) {
        let neighbour = Int(ends[part])
        guard neighbour < piece.count, Int(ends[neighbour]) - part <= vocabulary.longest else { return }
        let rank = vocabulary.rank(UnsafeBufferPointer(rebasing: piece[part..<Int(ends[neighbour])]))
        guard rank != Vocabulary.notFound else { return }
        heap.insert(Merge(rank: Int32(rank), start: Int32(part), end: ends[neighbour]))
    }
}

/// Two neighbouring parts that together are the token of a rank.
private struct Merge: Comparable {
    let rank: Int32
    let start: Int32
    let end: Int32

    /// Lowest rank first, leftmost among equals.
    static func < (left: Merge, right: Merge) -> Bool {
        left.rank != right.rank ? left.rank < right.rank : left.start < right.start
    }
}
