import Foundation

/// Files of the user's that bear on a walk.
enum UserFolders {
    /// `$XDG_CONFIG_HOME/git/ignore`, else `~/.config/git/ignore`: git's default for `core.excludesFile`.
    static var gitIgnore: String? {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CONFIG_HOME"], !base.isEmpty { return base + "/git/ignore" }
        return environment["HOME"].map { $0 + "/.config/git/ignore" }
    }

    /// The content of a file, empty where it cannot be read.
    static func content(of path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map(Array.init) ?? []
    }
}
