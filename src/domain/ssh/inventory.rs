//! Inventories: hosts as lines of text, ours or those of an inventory of Ansible.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{MAX_HOSTS, SSH_PORT, SshHost, is_address, is_label, is_name, is_user};

/// A part of a host in which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryField {
    /// Its name.
    Name,
    /// Its address.
    Address,
    /// Its port.
    Port,
    /// The account.
    User,
    /// A label.
    Label,
}

/// What is wrong with an inventory. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InventoryFault {
    /// There is no host.
    Empty,
    /// There are more than may be.
    TooMany {
        /// How many.
        count: usize,
    },
    /// What is behind a name is not `key=value`.
    NotAPair {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A key that nobody knows.
    UnknownKey {
        /// The line.
        line: usize,
        /// The key.
        key: String,
    },
    /// A value, or the name, is none.
    Value {
        /// The line.
        line: usize,
        /// Of what.
        field: InventoryField,
        /// What stands there.
        text: String,
    },
    /// No account is given, here or for all.
    UserMissing {
        /// The line.
        line: usize,
    },
    /// The name stands in a line before, in upper or lower case, with something else behind it.
    Twice {
        /// The line.
        line: usize,
        /// The name.
        name: String,
    },
    /// A section like `[web:vars]`, which says something other than hosts.
    Section {
        /// The line.
        line: usize,
        /// Its head.
        text: String,
    },
}

/// The hosts in a text, and all that is wrong with it. `user` is the account of hosts that name none.
///
/// A line is a name and pairs like `address=10.0.0.1 port=22 user=deploy labels=web,par`; without an address, the name is the
/// address. The keys of Ansible are read too, and the head of a group is a label of the hosts in it.
pub fn read_inventory(text: &str, user: &str) -> (Vec<SshHost>, Vec<InventoryFault>) {
    let (mut hosts, mut faults) = (Vec::<SshHost>::new(), Vec::new());
    let mut group = None;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.split(['#', ';']).next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        if let Some(head) = text.strip_prefix('[') {
            let head = head.strip_suffix(']').unwrap_or(head).trim();
            group = is_label(head).then(|| head.to_owned());
            if group.is_none() {
                faults.push(InventoryFault::Section { line, text: text.to_owned() });
            }
            continue;
        }
        let (mut host, mut wrong) = read_line(text, line, user);
        host.labels.extend(group.clone());
        match hosts.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&host.name)) {
            // A host may be in several groups.
            Some(known) if is_same(known, &host, text) => known.labels.append(&mut host.labels),
            Some(_) => wrong.push(InventoryFault::Twice { line, name: host.name }),
            None => hosts.push(host),
        }
        faults.append(&mut wrong);
    }
    if hosts.is_empty() && faults.is_empty() {
        faults.push(InventoryFault::Empty);
    }
    if hosts.len() > MAX_HOSTS {
        faults.push(InventoryFault::TooMany { count: hosts.len() });
    }
    (hosts, faults)
}

/// All that is wrong with hosts that were not read from a text. They are counted as lines are.
pub fn check_hosts(hosts: &[SshHost]) -> Vec<InventoryFault> {
    let mut faults = Vec::new();
    for (line, host) in (1..).zip(hosts) {
        check_host(host, line, &mut faults);
        if hosts[..line - 1].iter().any(|known| known.name.eq_ignore_ascii_case(&host.name)) {
            faults.push(InventoryFault::Twice { line, name: host.name.clone() });
        }
    }
    if hosts.is_empty() {
        faults.push(InventoryFault::Empty);
    }
    if hosts.len() > MAX_HOSTS {
        faults.push(InventoryFault::TooMany { count: hosts.len() });
    }
    faults
}

/// Whether it is the same host once more: as before, or its name alone.
fn is_same(known: &SshHost, again: &SshHost, line: &str) -> bool {
    let alike = (&known.address, known.port, &known.user) == (&again.address, again.port, &again.user);
    known.name == again.name && (alike || line == known.name)
}

fn read_line(text: &str, line: usize, user: &str) -> (SshHost, Vec<InventoryFault>) {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default().to_owned();
    let mut host =
        SshHost { address: name.clone(), name, port: SSH_PORT, user: user.to_owned(), labels: BTreeSet::new() };
    let mut faults = Vec::new();
    let wrong = |field, text: &str| InventoryFault::Value { line, field, text: text.to_owned() };
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            faults.push(InventoryFault::NotAPair { line, text: word.to_owned() });
            continue;
        };
        let value = value.trim_matches(['"', '\'']);
        match key {
            "address" | "ansible_host" | "ansible_ssh_host" => value.clone_into(&mut host.address),
            "user" | "ansible_user" | "ansible_ssh_user" => value.clone_into(&mut host.user),
            "port" | "ansible_port" | "ansible_ssh_port" => match value.parse() {
                Ok(port) => host.port = port,
                Err(_) => faults.push(wrong(InventoryField::Port, value)),
            },
            "labels" => host.labels.extend(value.split(',').filter(|label| !label.is_empty()).map(str::to_owned)),
            _ => faults.push(InventoryFault::UnknownKey { line, key: key.to_owned() }),
        }
    }
    check_host(&host, line, &mut faults);
    (host, faults)
}

fn check_host(host: &SshHost, line: usize, faults: &mut Vec<InventoryFault>) {
    let wrong = |field, text: &str| InventoryFault::Value { line, field, text: text.to_owned() };
    if !is_name(&host.name) {
        faults.push(wrong(InventoryField::Name, &host.name));
    } else if !is_address(&host.address) {
        faults.push(wrong(InventoryField::Address, &host.address));
    }
    if host.user.is_empty() {
        faults.push(InventoryFault::UserMissing { line });
    } else if !is_user(&host.user) {
        faults.push(wrong(InventoryField::User, &host.user));
    }
    faults.extend(host.labels.iter().filter(|label| !is_label(label)).map(|label| wrong(InventoryField::Label, label)));
    if host.port == 0 {
        faults.push(wrong(InventoryField::Port, "0"));
    }
}

/// The lines that give these hosts, where those that name no account have that one.
pub fn written_inventory(hosts: &[SshHost], user: &str) -> String {
    let mut text = String::new();
    for host in hosts {
        text.push_str(&host.name);
        if host.address != host.name {
            let _ = write!(text, " address={}", host.address);
        }
        if host.port != SSH_PORT {
            let _ = write!(text, " port={}", host.port);
        }
        if host.user != user {
            let _ = write!(text, " user={}", host.user);
        }
        if !host.labels.is_empty() {
            let labels: Vec<&str> = host.labels.iter().map(String::as_str).collect();
            let _ = write!(text, " labels={}", labels.join(","));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, address: &str, port: u16, user: &str, labels: &[&str]) -> SshHost {
        SshHost {
            name: name.to_owned(),
            address: address.to_owned(),
            port,
            user: user.to_owned(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        }
    }

    #[test]
    fn hosts_are_read_from_lines_and_from_an_inventory_of_ansible() {
        let text = "# ours\nedge-01 address=10.20.0.11 port=2222 labels=par,edge\nedge-02.example user=root\n\n\
            [ams]\nedge-03 ansible_host=2001:db8::1 ansible_user='svc'\nedge-01 ; again\n";
        let (hosts, faults) = read_inventory(text, "deploy");
        assert_eq!(faults, []);
        assert_eq!(
            hosts,
            [
                host("edge-01", "10.20.0.11", 2222, "deploy", &["ams", "edge", "par"]),
                host("edge-02.example", "edge-02.example", 22, "root", &[]),
                host("edge-03", "2001:db8::1", 22, "svc", &["ams"]),
            ]
        );
        for user in ["", "deploy"] {
            assert_eq!(
                read_inventory(&written_inventory(&hosts, user), user).0,
                hosts,
                "what is written is read as it was"
            );
        }
        assert_eq!(check_hosts(&hosts), []);
    }

    #[test]
    fn all_that_is_wrong_with_an_inventory_is_told_with_its_line() {
        let text = "-oProxyCommand=x\na address=b;c\nb port=0\nc colour=red x\n[web:vars]\nA user=deploy\nd user=-l\ne address=a`b labels=a/b,-x\na address=other\n";
        let (_, faults) = read_inventory(text, "");
        let value = |line, field, text: &str| InventoryFault::Value { line, field, text: text.to_owned() };
        let text = |text: &str| text.to_owned();
        assert_eq!(
            faults,
            [
                value(1, InventoryField::Name, "-oProxyCommand=x"),
                InventoryFault::UserMissing { line: 1 },
                InventoryFault::UserMissing { line: 2 },
                InventoryFault::UserMissing { line: 3 },
                value(3, InventoryField::Port, "0"),
                InventoryFault::UnknownKey { line: 4, key: text("colour") },
                InventoryFault::NotAPair { line: 4, text: text("x") },
                InventoryFault::UserMissing { line: 4 },
                InventoryFault::Section { line: 5, text: text("[web:vars]") },
                InventoryFault::Twice { line: 6, name: text("A") },
                value(7, InventoryField::User, "-l"),
                value(8, InventoryField::Address, "a`b"),
                InventoryFault::UserMissing { line: 8 },
                value(8, InventoryField::Label, "-x"),
                InventoryFault::UserMissing { line: 9 },
                InventoryFault::Twice { line: 9, name: text("a") },
            ]
        );
        let twice = [host("a", "b", 1, "c", &[]), host("A", "-b", 0, "", &[])];
        assert_eq!(
            check_hosts(&twice),
            [
                value(2, InventoryField::Address, "-b"),
                InventoryFault::UserMissing { line: 2 },
                value(2, InventoryField::Port, "0"),
                InventoryFault::Twice { line: 2, name: text("A") },
            ]
        );
        assert_eq!(read_inventory(" \n# nothing\n", "deploy").1, [InventoryFault::Empty]);
        let many: Vec<String> = (0..=MAX_HOSTS).map(|n| format!("h{n}")).collect();
        assert_eq!(read_inventory(&many.join("\n"), "deploy").1, [InventoryFault::TooMany { count: MAX_HOSTS + 1 }]);
    }
}
