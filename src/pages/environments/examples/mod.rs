//! Examples of scripts, with which the form of a new environment can begin.

/// Scripts for one way to run components.
#[derive(Debug)]
pub struct Example {
    /// Its word in an address.
    pub word: &'static str,
    /// What it deploys with.
    pub title: &'static str,
    /// The script that deploys.
    pub deploy: &'static str,
    /// The script that removes.
    pub remove: &'static str,
    /// Variables that they need, a line each.
    pub variables: &'static str,
    /// Whether they do on hosts what they do on the server.
    pub suits_hosts: bool,
}

/// Every example; a new environment begins with the first.
pub const EXAMPLES: [Example; 5] = [
    Example {
        word: "folder",
        title: "Folder",
        deploy: include_str!("folder.deploy.sh"),
        remove: include_str!("folder.remove.sh"),
        variables: "",
        suits_hosts: true,
    },
    Example {
        word: "systemd",
        title: "systemd",
        deploy: include_str!("systemd.deploy.sh"),
        remove: include_str!("systemd.remove.sh"),
        variables: "",
        suits_hosts: true,
    },
    Example {
        word: "compose",
        title: "Docker Compose",
        deploy: include_str!("compose.deploy.sh"),
        remove: include_str!("compose.remove.sh"),
        variables: "",
        suits_hosts: true,
    },
    Example {
        word: "helm",
        title: "Helm",
        deploy: include_str!("helm.deploy.sh"),
        remove: include_str!("helm.remove.sh"),
        variables: "KUBECONFIG=/etc/tollgate/kubeconfig\nHELM_NAMESPACE=default\n",
        suits_hosts: false,
    },
    Example {
        word: "ansible",
        title: "Ansible",
        deploy: include_str!("ansible.deploy.sh"),
        remove: include_str!("ansible.remove.sh"),
        variables: "INVENTORY=/etc/ansible/hosts\nPLAYBOOK=/etc/ansible/deploy.yaml\n",
        suits_hosts: false,
    },
];

/// The examples for hosts, or for the server.
pub fn of(hosts: bool) -> impl Iterator<Item = &'static Example> {
    EXAMPLES.iter().filter(move |example| example.suits_hosts || !hosts)
}

/// The example of that word, or the first.
pub fn named(word: Option<&str>, hosts: bool) -> &'static Example {
    of(hosts).find(|example| Some(example.word) == word).unwrap_or(&EXAMPLES[0])
}

#[cfg(test)]
mod tests;
