package import OrchestratorCore

/// Every path of the target, before any file is opened.
package struct Listing: Sendable {
    package let repository: Repository
    /// Exactly what `git ls-files --cached --others --exclude-standard` names (a nested repository ends in `/`), or,
    /// outside git, every path; ascending by bytes.
    package let entries: [Entry]
    /// What an ignore file left out, as far as the walk met it: an ignored folder stands for all in it.
    package let ignored: [(path: RepositoryPath, coverage: Coverage)]
    /// FIFOs, sockets and devices, which git does not list, and folders that could not be read.
    package let unlisted: [(path: RepositoryPath, coverage: Coverage)]
    /// What a reader must know about how the list came about.
    package let notices: [String]

    package struct Entry: Sendable {
        package let path: RepositoryPath
        let kind: Kind
        /// Set where the path's fate needs no look at its content.
        let coverage: Coverage?
    }

    enum Kind: Sendable { case file, link, other }
}
