/// The fingerprints that CodeQL gives to lines (`primaryLocationLineHash`): a rolling hash of the 100 UTF-16 units from a
/// line's first on, without blanks and tabs, and how often it has come up before.
enum LineHashes {
    private static let window = 100
    private static let base: UInt64 = 37

    /// Line -> fingerprint, 1-based.
    static func all(of text: String) -> [Int: String] {
        var state = State()
        var isAfterReturn = false
        for unit in text.utf16 {
            // Every way of ending a line counts as a line feed.
            let isSecondHalf = isAfterReturn && unit == 0x0A
            isAfterReturn = unit == 0x0D
            if unit == 0x20 || unit == 0x09 || isSecondHalf { continue }
            state.take(unit == 0x0D ? 0x0A : unit)
        }
        state.take(0xFFFF)
        for _ in 0..<window { state.push(0) }
        return state.found
    }

    private struct State {
        private var units = [UInt64](repeating: 0, count: window)
        /// The line that begins at a unit of the window; 0 for none.
        private var lines = [Int](repeating: 0, count: window)
        private var hash: UInt64 = 0
        private var index = 0
        private var line = 0
        private var isLineStart = true
        private var counts: [UInt64: Int] = [:]
        private(set) var found: [Int: String] = [:]
        private let first = (0..<window).reduce(1 as UInt64) { power, _ in power &* base }

        mutating func take(_ unit: UInt16) {
            finishLine()
            if isLineStart {
                isLineStart = false
                line += 1
                lines[index] = line
            }
            if unit == 0x0A { isLineStart = true }
            update(UInt64(unit))
        }

        mutating func push(_ unit: UInt64) {
            finishLine()
            update(unit)
        }

        private mutating func update(_ unit: UInt64) {
            hash = base &* hash &+ unit &- first &* units[index]
            units[index] = unit
            index = (index + 1) % window
        }

        private mutating func finishLine() {
            guard lines[index] > 0 else { return }
            counts[hash, default: 0] += 1
            found[lines[index]] = "\(String(hash, radix: 16)):\(counts[hash] ?? 1)"
            lines[index] = 0
        }
    }
}
