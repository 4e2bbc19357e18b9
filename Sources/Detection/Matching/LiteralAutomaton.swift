/// Finds many literals at once in one pass over the bytes (Aho and Corasick, 1975), ignoring ASCII case.
///
/// This is the gate in front of every rule: a rule whose literals do not occur in a file cannot match there.
struct LiteralAutomaton: Sendable {
    /// What a literal stands for.
    struct Entry: Sendable, Hashable {
        let literal: [UInt8]
        /// The caller's number, handed back with each hit.
        let tag: Int
        /// Counts only where no letter, digit or underscore touches an end that is one itself.
        let wholeWord: Bool
    }

    private let entries: [Entry]
    /// Byte -> column of the table; bytes in no literal share column 0, upper and lower case share one.
    private let columns: [UInt8]
    private let columnCount: Int
    /// state * columnCount + column -> state. States that end a literal are numbered from `firstFinal` on.
    private let table: [UInt32]
    private let firstFinal: Int
    /// state - firstFinal -> the entries that end there.
    private let finals: [[Int32]]

    init(_ entries: [Entry]) {
        self.entries = entries
        var columns = [UInt8](repeating: 0, count: 256)
        var columnCount = 1
        for byte in Set(entries.flatMap { $0.literal.map(Self.fold) }).sorted() {
            columns[Int(byte)] = UInt8(columnCount)
            columnCount += 1
        }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { columns[Int(byte)] = columns[Int(byte | 0x20)] }
        self.columns = columns
        self.columnCount = columnCount
        let trie = Trie(entries, columns: columns, columnCount: columnCount)
        (table, firstFinal, finals) = trie.numbered()
    }

    private static func fold(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Calls `hit` with the tag of each literal found and the offset of its first byte, in order of where they end.
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, hit: (_ tag: Int, _ offset: Int) -> Void) {
        table.withUnsafeBufferPointer { table in
            columns.withUnsafeBufferPointer { columns in
                var state = 0
                for index in bytes.indices {
                    state = Int(table[state &* columnCount &+ Int(columns[Int(bytes[index])])])
                    if state >= firstFinal { report(state, endingAt: index + 1, in: bytes, hit) }
                }
            }
        }
    }

    private func report(
        _ state: Int, endingAt end: Int, in bytes: UnsafeBufferPointer<UInt8>, _ hit: (Int, Int) -> Void
    ) {
        for number in finals[state - firstFinal] {
            let entry = entries[Int(number)]
            let start = end - entry.literal.count
            if entry.wholeWord, Self.joins(bytes, start - 1, start) || Self.joins(bytes, end - 1, end) { continue }
            hit(entry.tag, start)
        }
    }

    /// True where both neighbours exist and are word bytes.
    private static func joins(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Int, _ right: Int) -> Bool {
        left >= 0 && right < bytes.count && isWord(bytes[left]) && isWord(bytes[right])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (97...122).contains(lower) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
}

extension LiteralAutomaton {
    /// The trie with its failure links, before states are renumbered.
    private struct Trie {
        private let columnCount: Int
        private var next: [[Int32]]
        private var ends: [[Int32]]

        init(_ entries: [Entry], columns: [UInt8], columnCount: Int) {
            self.columnCount = columnCount
            next = [[Int32](repeating: -1, count: columnCount)]
            ends = [[]]
            for (number, entry) in entries.enumerated() {
                var state = 0
                for byte in entry.literal {
                    let column = Int(columns[Int(byte)])
                    if next[state][column] < 0 {
                        next[state][column] = Int32(next.count)
                        next.append([Int32](repeating: -1, count: columnCount))
                        ends.append([])
                    }
                    state = Int(next[state][column])
                }
                ends[state].append(Int32(number))
            }
            completeTransitions()
        }

        /// Breadth-first: a missing transition is the one of the longest proper suffix.
        private mutating func completeTransitions() {
            var failure = [Int](repeating: 0, count: next.count)
            var queue: [Int] = []
            for column in 0..<columnCount {
                if next[0][column] < 0 { next[0][column] = 0 } else { queue.append(Int(next[0][column])) }
            }
            var head = 0
            while head < queue.count {
                let state = queue[head]
                head += 1
                ends[state] += ends[failure[state]]
                for column in 0..<columnCount {
                    let target = next[state][column]
                    let fallback = next[failure[state]][column]
                    if target < 0 {
                        next[state][column] = fallback
                    } else {
                        failure[Int(target)] = Int(fallback)
                        queue.append(Int(target))
                    }
                }
            }
        }

        /// Puts the states that end a literal last, so that the scan needs one comparison per byte.
        func numbered() -> (table: [UInt32], firstFinal: Int, finals: [[Int32]]) {
            let plain = next.indices.filter { ends[$0].isEmpty }
            let final = next.indices.filter { !ends[$0].isEmpty }
            var number = [UInt32](repeating: 0, count: next.count)
            for (new, old) in (plain + final).enumerated() { number[old] = UInt32(new) }
            let table = (plain + final).flatMap { old in next[old].map { number[Int($0)] } }
            return (table, plain.count, final.map { ends[$0] })
        }
    }
}
