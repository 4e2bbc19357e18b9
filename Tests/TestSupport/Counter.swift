import Synchronization

/// Counts from any task.
package final class Counter: Sendable {
    private let count = Mutex(0)

    package init() {}
    package func add() { count.withLock { $0 += 1 } }
    package var value: Int { count.withLock { $0 } }
}
