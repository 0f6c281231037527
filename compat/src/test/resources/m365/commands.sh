# What CLI for Microsoft 365 says to many commands, as one JSON document.
. ./apps.sh >recipe.txt 2>&1

megan=5b649834-7412-4cce-9e69-176e95a394f5
field=20988f0f-a647-42f6-be30-79e04de3c2ed
chat=19:ea28e88c00e94c7786b065394a61f296@thread.v2

text() { node -p 'JSON.stringify(require("fs").readFileSync(0, "utf8").trim())'; }
# A member of the document: what a command answers, or what it says when it is refused.
say() {
  local member=$1 said
  shift
  said=$(m365 "$@" --output json 2>refused.txt) || said=$(text <refused.txt)
  printf ',\n"%s": %s' "$member" "${said:-null}"
}

printf '{"recipe": %s' "$(text <recipe.txt)"
say organization teams app list --distributionMethod organization --query "[].displayName"
say apps teams user app list --userId $megan --query "[].teamsApp.displayName"
say appsByName teams user app list --userName megan@contoso.example --query "[].teamsApp.displayName"
say added teams user app add --userName megan@contoso.example --name "Help desk"
say upgraded teams user app upgrade --userId $megan --name "Help desk"
say removed teams user app remove --userId $megan --name "Help desk" --force
say removedAgain teams user app remove --userId $megan --name "Help desk" --force
say unknown teams app install --id 00000000-0000-0000-0000-00000000000a --userId $megan
say chats teams chat list --userName megan@contoso.example --type group --query "[].id"
say chat teams chat get --id $chat --query topic
say chatMembers teams chat member list --chatId $chat --query "[].displayName"
say teams teams team list --query "[].displayName"
say team teams team get --name "Field service" --query id
say teamApps teams team app list --teamId $field --query "[].teamsApp.displayName"
say teamUsers teams user list --teamId $field --query "[].userType"
say made teams team add --name "Made by the command line" --description "A team" \
  --ownerUserNames megan@contoso.example --query status
echo '}'
