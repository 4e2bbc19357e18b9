/// The target of a run and what version control says about it.
package struct Repository: Hashable, Sendable, Codable {
    /// The absolute path of the scanned folder, links resolved, in git's quoting.
    package let root: String
    /// What the report calls it: the folder's name.
    package let name: String
    /// Nil where the folder is not inside a git work tree.
    package let revision: Revision?

    package init(root: String, name: String, revision: Revision?) {
        self.root = root
        self.name = name
        self.revision = revision
    }
}

/// The commit a work tree stands on.
package struct Revision: Hashable, Sendable, Codable {
    /// The full commit id; nil before the first commit.
    package let commit: String?
    /// The branch, or nil when detached.
    package let branch: String?
    /// The origin's URL with any credentials removed; nil where none is set.
    package let remote: String?

    package init(commit: String?, branch: String?, remote: String?) {
        self.commit = commit
        self.branch = branch
        self.remote = remote
    }
}
