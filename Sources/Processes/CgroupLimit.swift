import Base
import Glibc

/// A bound that a cgroup sets for one worker, by version 2 or by one of version 1's hierarchies.
struct CgroupLimit: Sendable {
    /// What is bounded.
    enum Resource: Sendable {
        case processes, memory

        var controller: String { self == .processes ? "pids" : "memory" }

        func file(isVersion2: Bool) -> String {
            switch self {
            case .processes: "pids.max"
            case .memory: isVersion2 ? "memory.max" : "memory.limit_in_bytes"
            }
        }
    }

    /// A folder in which this user can make cgroups that bound the resource.
    struct Place: Equatable, Sendable {
        let folder: AbsolutePath
        let isVersion2: Bool
    }

    /// The worker's cgroup, made by its supervisor.
    let folder: AbsolutePath
    let file: String
    let value: String

    /// The bounds that the system can set; `cgroup` is the worker's own of version 2.
    static func all(processes: Int?, memory: Int?, cgroup: AbsolutePath?) -> [CgroupLimit] {
        let name = "treeguild-" + Digest.random(8).hexadecimal
        let wanted: [(Resource, Int?)] = [(.processes, processes), (.memory, memory)]
        return wanted.compactMap { resource, bound in
            guard let bound, let place = folder(for: resource) else { return nil }
            guard let folder = place.isVersion2 ? cgroup : place.folder.appending(name) else {
                return nil
            }
            return CgroupLimit(
                folder: folder, file: resource.file(isVersion2: place.isVersion2), value: "\(bound)"
            )
        }
    }

    /// Where cgroups with a bound on the resource can be made; nil where nowhere.
    static func folder(for resource: Resource) -> Place? {
        guard let place = places[resource.controller],
            access(place.folder.description, W_OK) == 0
        else { return nil }
        return place
    }

    private static let places: [String: Place] = {
        var places: [String: Place] = [:]
        for controller in ["pids", "memory"] {
            if let own = Cgroup.own, offers(controller, own) {
                places[controller] = Place(folder: own, isVersion2: true)
            } else if let folder = Cgroup.own(controller: controller) {
                places[controller] = Place(folder: folder, isVersion2: false)
            }
        }
        return places
    }()

    /// Whether cgroups below the folder have the controller, if need be after it was asked for.
    private static func offers(_ controller: String, _ folder: AbsolutePath) -> Bool {
        func has(_ file: String) -> Bool {
            // Not there: no version 2, or one without controllers.
            guard let bytes = try? Files.read(folder.appending(file)) else { return false }
            return String(decoding: bytes, as: UTF8.self).split { " \n".contains($0) }
                .contains { $0 == controller }
        }
        if has("cgroup.subtree_control") { return true }
        guard has("cgroup.controllers") else { return false }
        // Refused where processes live in the folder itself, as the kernel wants it.
        try? Files.replaceContent(
            of: folder.appending("cgroup.subtree_control"), with: "+" + controller)
        return has("cgroup.subtree_control")
    }
}
