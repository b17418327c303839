// The editor: what is quick with script. Every page works without this file; see templates/editor.
"use strict";
