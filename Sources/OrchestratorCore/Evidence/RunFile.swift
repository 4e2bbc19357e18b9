/// A path of a run with what became of it.
package struct RunFile: Sendable, Hashable {
    package let file: SourceFile
    /// False for what git does not list: ignored paths, FIFOs, folders that could not be read.
    package let isListed: Bool

    package init(file: SourceFile, isListed: Bool) {
        self.file = file
        self.isListed = isListed
    }
}
