/// Counts tokens as some model would, or bounds them.
package protocol TokenCounting: Sendable {
    /// What the figures are, for the report: "Qwen byte-pair, exact" or "byte-class estimate".
    var title: String { get }
    var isExact: Bool { get }

    /// Tokens in the bytes, read as ordinary text (no special tokens). Never negative; linear time.
    func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int

    /// The length in bytes of a prefix of at most `limit` tokens, ending between characters where the bytes are
    /// UTF-8 and, where it can, between words. At least one character unless `limit` is less than that costs.
    func prefix(of bytes: UnsafeBufferPointer<UInt8>, within limit: Int) -> Int
}

extension TokenCounting {
    package func count(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { count($0) }
    }
}
