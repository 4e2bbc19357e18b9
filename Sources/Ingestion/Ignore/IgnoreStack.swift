/// The ignore files that bear on a folder: its own, then those of the folders above it, then the global ones. The
/// first to say anything decides.
final class IgnoreStack: Sendable {
    private let list: IgnoreList
    private let next: IgnoreStack?

    init(_ list: IgnoreList, over next: IgnoreStack?) {
        self.list = list
        self.next = next
    }

    /// The verdict on a path none of whose folders is ignored.
    func verdict(_ path: [UInt8], isFolder: Bool) -> IgnoreVerdict? {
        var level: IgnoreStack? = self
        while let current = level {
            if let verdict = current.list.verdict(path, isFolder: isFolder) { return verdict }
            level = current.next
        }
        return nil
    }
}

extension IgnoreStack? {
    /// The stack with one more list on top, if there is one.
    func adding(_ list: IgnoreList?) -> IgnoreStack? { list.map { IgnoreStack($0, over: self) } ?? self }
}
