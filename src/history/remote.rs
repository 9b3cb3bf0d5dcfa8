//! Addresses of remotes → one form without credentials.

/// The repository that a remote's address names, as `host/owner/repository`.
///
/// - Shape: at least two path components after the host; the host in lower case and without port, the path as
///   written; no scheme, user, password, query, trailing `/` or `.git`.
/// - Accepts: `https://`, `http://`, `git://`, `ssh://`, `git+ssh://`, `user@host:path`, and `host/owner/repository`
///   as logs write it.
/// - `None`: local paths and anything else that names no host.
#[must_use]
pub fn normalise_remote(address: &str) -> Option<String> {
    let address = address.trim();
    let (rest, has_scheme) = match address.split_once("://") {
        Some((scheme, rest)) => {
            let scheme = scheme.to_ascii_lowercase();
            let known = ["https", "http", "git", "ssh", "git+ssh", "ssh+git", "git+https", "git+http"];
            known.contains(&scheme.as_str()).then_some((rest, true))?
        }
        None => (address, false),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = if has_scheme { rest.split_once('/')? } else { split_bare(rest)? };
    // Credentials end at the last `@`: a password may contain one.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.split_once(':') {
        Some((name, _port)) => name,
        None => host,
    };
    let host = host.to_ascii_lowercase();
    let host_ok = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let path_ok = parts.len() >= 2 && parts.iter().all(|part| *part != "." && *part != ".." && *part != "~");
    (host_ok && path_ok).then(|| format!("{host}/{}", parts.join("/")))
}

/// Splits an address without scheme: `user@host:path`, `host:path` or `host.tld/path`.
fn split_bare(address: &str) -> Option<(&str, &str)> {
    if address.starts_with(['/', '.', '~', '\\']) || address.contains('\\') {
        return None;
    }
    let (host, path) = match (address.find(':'), address.find('/')) {
        // A colon before any slash is scp's; a single letter before it is a Windows drive.
        (Some(colon), slash) if slash.is_none_or(|slash| colon < slash) => {
            let (host, path) = (&address[..colon], &address[colon + 1..]);
            (host.len() > 1).then_some((host, path))?
        }
        (_, Some(slash)) => {
            let (host, path) = (&address[..slash], &address[slash + 1..]);
            host.contains('.').then_some((host, path))?
        }
        _ => return None,
    };
    Some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_one_remote_are_one() {
        for address in [
            "https://github.com/Org/repo",
            "https://GitHub.com/Org/repo.git",
            "https://user:se@cret@github.com/Org/repo.git/",
            "https://x-access-token:abc@github.com:443/Org/repo?x=1",
            "http://github.com//Org//repo",
            "ssh://git@github.com:22/Org/repo.git",
            "git+ssh://git@github.com/Org/repo.git",
            "git://github.com/Org/repo.git",
            "git@github.com:Org/repo.git",
            "github.com:Org/repo",
            "github.com/Org/repo",
            " git@github.com:/Org/repo.git ",
        ] {
            assert_eq!(normalise_remote(address).as_deref(), Some("github.com/Org/repo"), "{address}");
        }
        assert_eq!(normalise_remote("git@host:a/b/c.git").as_deref(), Some("host/a/b/c"));
    }

    #[test]
    fn local_paths_and_fragments_name_no_remote() {
        for address in [
            "",
            "/srv/git/repo.git",
            "../repo",
            "./a/b",
            "C:\\src\\repo",
            "C:/src/repo",
            "file:///srv/git/repo.git",
            "org/repo",
            "repo",
            "https://github.com/org",
            "https://github.com",
            "git@:a/b",
            "host:../a/b",
        ] {
            assert_eq!(normalise_remote(address), None, "{address}");
        }
    }
}
